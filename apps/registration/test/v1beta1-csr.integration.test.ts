import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AgentLab, startAgentLab } from './agent-lab.ts';
import { agentOf, CsrRequests } from './csr-requests.ts';
import { type OldApiServer, startOldApiServer } from './v1beta1-csr-server.ts';

let lab: AgentLab;
let old: OldApiServer;
const gate = { V1beta1CSRAPICompatibility: true };

beforeAll(async () => {
  lab = await startAgentLab({ hub: false });
  old = await startOldApiServer(lab.hub.controlPlane);
  await lab.hub.startHub({ via: { server: old.url }, gates: gate });
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await old[Symbol.asyncDispose]();
});

test('on a hub that has certificate requests in v1beta1 only, the gate lets hub and agent use those', async () => {
  const cluster = await lab.cluster('vintage');
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ server: old.url }));
  await cluster.start({ flags: ['--feature-gates=V1beta1CSRAPICompatibility=true'] });
  await cluster.admit();
  expect((await cluster.requests()).map(({ spec }) => spec.signerName)).toEqual([
    'kubernetes.io/kube-apiserver-client',
  ]);
  expect(old.oldRequests.some((path) => path.endsWith('/v1beta1/certificatesigningrequests'))).toBe(true);

  const requests = new CsrRequests(lab.hub);
  await requests.allowEverybody();
  await requests.expectApproved(await requests.make(agentOf('vintage'), 'vintage'));
  expect(old.oldRequests.some((path) => path.endsWith('/approval'))).toBe(true);
});
