import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AVAILABLE } from './agent-lab.ts';
import { BOOTSTRAP_GRPC_USER, type GrpcJoinLab, startGrpcJoinLab } from './grpc-join-lab.ts';
import type { RunningGrpcServer } from './grpc-lab.ts';

let join: GrpcJoinLab;
let server: RunningGrpcServer;
beforeAll(async () => {
  join = await startGrpcJoinLab({
    autoApprovedUsers: [BOOTSTRAP_GRPC_USER],
    hub: { gates: { ManagedClusterAutoApproval: true } },
  });
  server = await join.grpc.startServer();
});
afterAll(async () => join[Symbol.asyncDispose]());

test('[cloudevents-grpc 46] a listed bootstrap user registers a cluster without anybody doing anything', async () => {
  const cluster = await join.cluster('automatic', server);
  const agent = await cluster.startAgent();
  await cluster.untilCondition(AVAILABLE, 'True');
  const [request, ...others] = await cluster.requests();
  expect(others).toEqual([]);
  expect(request?.status?.conditions).toMatchObject([
    { type: 'Approved', reason: 'AutoApprovedByHubCSRApprovingController' },
  ]);
  const annotations = (await cluster.find())?.metadata.annotations;
  expect(annotations?.['open-cluster-management.io/automatically-accepted-on']).toBeDefined();
  await agent.stop();
});
