import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, test } from '@jest/globals';
import { freePort, startFaultProxy, until, type WriteCutOptions } from '@ocm/testing';
import { AVAILABLE } from './agent-lab.ts';
import { admitAll, expectConsistent } from './crashed-join.ts';
import { type GrpcJoinLab, startGrpcJoinLab } from './grpc-join-lab.ts';

const DEADLINE_MS = 35_000;

let join: GrpcJoinLab;
beforeAll(async () => {
  join = await startGrpcJoinLab();
});
afterAll(async () => join[Symbol.asyncDispose]());

/** Runs an agent that loses both its own cluster and, behind the gRPC server, its hub after the n-th write, and kills agent and server. */
async function crash(cut: Pick<WriteCutOptions, 'afterWrites' | 'answer'>): Promise<void> {
  await using proxy = await startFaultProxy({ controlPlane: join.lab.hub.controlPlane });
  const via = { server: proxy.url };
  const server = await join.grpc.startServer({ via, port: await freePort() });
  const cluster = await join.cluster(`join-${cut.afterWrites}-${cut.answer}`, server);
  const writeCut = proxy.cutAfterWrites(cut);
  const victim = await cluster.startAgent({ spokeVia: via });
  await until(() => admitAll(cluster).then(() => writeCut.isCut), {
    describe: `write ${cut.afterWrites} was made`,
    deadlineMs: DEADLINE_MS,
  });
  await Promise.all([victim.stop(), server.stop()]);
  await rm(victim.hubDirectory, { recursive: true, force: true }); // it was in memory
  writeCut.restore();

  await using _server = await join.grpc.startServer({ via, port: server.port });
  const successor = await cluster.startAgent({ spokeVia: via });
  const isWorking = (): boolean => successor.log.some(({ message }) => message === 'working with the hub credential');
  await until(() => admitAll(cluster).then(isWorking), {
    describe: 'the successor has registered',
    deadlineMs: DEADLINE_MS,
  });
  await cluster.untilCondition(AVAILABLE, 'True');
  await expectConsistent(cluster, ['config.yaml']);
  await successor.stop();
}

// Cluster and request, by the gRPC server for the agent; the secret, by the agent itself; status or lease, by the server again.
test.each([1, 2, 3, 4])(
  'agent and gRPC server killed after write %i of a join, with and without its answer: their successors complete it',
  async (afterWrites) => {
    await Promise.all((['delivered', 'lost'] as const).map((answer) => crash({ afterWrites, answer })));
  },
);
