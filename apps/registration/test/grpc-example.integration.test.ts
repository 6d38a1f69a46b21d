import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finalizers, isDeleting, ManifestWork, type PolicyRule } from '@ocm/api';
import { eventClient, grpcTransport } from '@ocm/cloudevents';
import type { KeyAndCertificate } from '@ocm/pki';
import { aCondition, grantRights, startControlPlane, startSupervisor, until } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { GRPC_SERVER_USER, type GrpcLab, startGrpcLab } from './grpc-lab.ts';
import { sourceSubscriptionRules } from './grpc-server-role.ts';

const PROGRAM = join(import.meta.dirname, '../../../examples/deliver-work.ts');
const USER = 'shop';
/** As docs/cloudevents.md says. */
const sourceRules: readonly PolicyRule[] = [
  {
    apiGroups: ['work.open-cluster-management.io'],
    resources: ['manifestworks'],
    verbs: ['create', 'update', 'delete', 'watch'],
  },
  { apiGroups: ['work.open-cluster-management.io'], resources: ['manifestworks/status'], verbs: ['list'] },
];

function grant({ admin, signal }: GrpcLab, user: string, rules: readonly PolicyRule[]): Promise<void> {
  return grantRights(admin, { name: `test:${user}`, to: { user }, rules }, signal);
}

async function configFile(
  { directory, caFile }: GrpcLab,
  { name, address, pair }: { readonly name: string; readonly address: string; readonly pair: KeyAndCertificate },
): Promise<string> {
  const path = (end: string): string => join(directory, `${name}${end}`);
  await writeFile(path('.crt'), pair.certificatePem);
  await writeFile(path('.key'), pair.privateKeyPem);
  const lines = [
    `url: ${address}`,
    `caFile: ${caFile}`,
    `clientCertFile: ${path('.crt')}`,
    `clientKeyFile: ${path('.key')}`,
  ];
  await writeFile(path('.yaml'), lines.join('\n'));
  return path('.yaml');
}

test('examples/deliver-work.ts delivers a work through the gRPC server, follows it until it is available, and deletes it', async () => {
  await using open = new AsyncDisposableStack();
  const controlPlane = await startControlPlane();
  open.defer(() => controlPlane.stop());
  const lab = open.use(await startGrpcLab(controlPlane));
  const { signal } = lab;
  await grant(lab, GRPC_SERVER_USER, sourceSubscriptionRules);
  await grant(lab, USER, sourceRules);
  await lab.admitCluster('cluster1');
  const { address } = await lab.startServer({ sourceSubscriptions: true });

  const pair = await lab.clusterCertificate('cluster1');
  const transport = open.use(await grpcTransport(await configFile(lab, { name: 'agent', address, pair })));
  const sourceId = 'cluster1-work-agent';
  const agent = eventClient({ transport, clusterName: 'cluster1', sourceId, kinds: [ManifestWork] });
  const stop = new AbortController();
  const running = agent.run(stop.signal);
  open.defer(async () => {
    stop.abort();
    await running;
  });
  await agent.waitForSync(signal);
  const works = agent.kind(ManifestWork);
  const ref = { namespace: 'cluster1', name: 'greeting' };

  const supervisor = startSupervisor();
  open.defer(() => supervisor.stop());
  const logFile = join(await supervisor.makeDirectory('example-'), 'log');
  const config = await configFile(lab, { name: USER, address, pair: await lab.clientCertificate({ user: USER }) });
  const program = supervisor.start(process.execPath, { args: [PROGRAM, 'grpc', config, 'cluster1'], logFile });
  const delivered = await until(() => works.find(ref, { signal }), {
    describe: 'the work at the agent',
    deadlineMs: 40_000,
  });
  const stored = await lab.admin.kind(ManifestWork).get(ref, { signal });
  expect(stored.metadata.uid).toBe(delivered.metadata.uid);
  const held = await works.patchMetadata(delivered, { finalizers: [finalizers.work] }, { signal });
  const observedGeneration = held.metadata.generation ?? 0;
  const conditions = ['Applied', 'Available'].map((type) => ({
    ...aCondition({ type, status: 'True' }),
    observedGeneration,
  }));
  await works.patchStatus(held, { conditions }, { signal });
  const ending = await until(
    async () => {
      const now = await works.get(ref, { signal });
      return isDeleting(now) ? now : undefined;
    },
    { describe: 'the deletion' },
  );
  await works.patchMetadata(ending, { finalizers: [] }, { signal });
  expect(await program.ended).toBe(0);
  const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
  expect(lines).toContain('version 1: Applied=True Available=True');
  expect(lines.at(-1)).toBe('gone');
  await until(async () => (await lab.admin.kind(ManifestWork).find(ref, { signal })) === undefined, {
    describe: 'the end of it on the hub',
  });
});
