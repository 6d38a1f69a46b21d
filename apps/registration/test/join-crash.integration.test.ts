import { join } from 'node:path';
import { afterAll, beforeAll, test } from '@jest/globals';
import { clusterConditions, ManagedCluster, setCondition, timestamp } from '@ocm/api';
import { issueKeyAndCertificate, parseCertificates } from '@ocm/pki';
import { startFaultProxy, until, type WriteCutOptions } from '@ocm/testing';
import { type AgentLab, AVAILABLE, type JoiningCluster, startAgentLab } from './agent-lab.ts';
import { admitAll, expectConsistent } from './crashed-join.ts';

const MINUTE_MS = 60_000;

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** Runs an agent that loses the world after its n-th write, kills it, and sees what a new pod makes of what is there. */
async function crash(
  cluster: JoiningCluster,
  cut: Pick<WriteCutOptions, 'afterWrites' | 'answer'>,
  scene: { readonly prepare?: () => Promise<void>; readonly isOver?: () => Promise<boolean> } = {},
): Promise<void> {
  const proxy = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
  const via = { server: proxy.url };
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig(via));
  await scene.prepare?.();
  const writeCut = proxy.cutAfterWrites(cut);
  const victim = await cluster.start({ spokeVia: via });
  await until(() => admitAll(cluster).then(() => writeCut.isCut), {
    describe: `write ${cut.afterWrites} was made`,
    deadlineMs: 35_000,
  });
  await victim.stop();
  writeCut.restore();

  const successor = await cluster.start({ spokeVia: via, hubDirectory: join(cluster.directory, 'new-pod') });
  const isWorking = (): boolean => successor.log.some(({ message }) => message === 'working with the hub credential');
  await until(() => admitAll(cluster).then(isWorking), {
    describe: 'the successor has registered',
    deadlineMs: 35_000,
  });
  await cluster.untilCondition(AVAILABLE, 'True');
  await until(() => scene.isOver?.() ?? true, {
    describe: 'the successor has done what was to be done',
    deadlineMs: 35_000,
  });
  await expectConsistent(cluster);
  await successor.stop();
  await proxy.close();
}

// Cluster, request, secret, status, lease, event.
const CUTS = [1, 2, 3, 4, 5, 6].flatMap((afterWrites) =>
  (['delivered', 'lost'] as const).map((answer) => ({ afterWrites, answer })),
);

test.concurrent.each(CUTS)(
  'killed after write $afterWrites of the join (answer $answer), the next one joins',
  async (cut) => {
    await crash(await lab.cluster(`join-${cut.afterWrites}-${cut.answer}`), cut);
  },
);

/** Nearly at its end: whoever finds it asks for another one. */
async function agedCredential(cluster: JoiningCluster): Promise<Readonly<Record<string, string>>> {
  const agentName = (await cluster.credential())?.['agent-name'] ?? '';
  const notAfter = new Date(Date.now() + 10 * MINUTE_MS);
  const pair = await issueKeyAndCertificate(lab.hub.controlPlane.ca, {
    commonName: `system:open-cluster-management:${cluster.name}:${agentName}`,
    organizations: [
      `system:open-cluster-management:${cluster.name}`,
      'system:open-cluster-management:managed-clusters',
    ],
    usages: ['client'],
    notBefore: new Date(notAfter.getTime() - 100 * MINUTE_MS),
    notAfter,
  });
  return { 'tls.crt': pair.certificatePem, 'tls.key': pair.privateKeyPem };
}

/** What an earlier failure has left; only the next success takes it back. */
async function leaveStaleFailure(cluster: JoiningCluster): Promise<void> {
  const clusters = lab.admin.kind(ManagedCluster);
  const { signal } = lab.hub;
  const failed = { ...clusterConditions.certificateRotated.failed, message: 'an earlier failure' };
  // The hub writes the same status: a conflict is tried again.
  await until(
    async () => {
      const live = await clusters.get(cluster.name, { signal });
      const conditions = setCondition(live.status?.conditions, failed, new Date());
      return clusters.patchStatus(live, { ...live.status, conditions }, { signal });
    },
    { describe: 'an earlier failure is in the status' },
  );
}

// Lease, request, secret, condition.
const ROTATION_CUTS = [1, 2, 3, 4].flatMap((afterWrites) =>
  (['delivered', 'lost'] as const).map((answer) => ({ afterWrites, answer })),
);

test.concurrent.each(ROTATION_CUTS)(
  '[registration 12] killed after write $afterWrites of a rotation (answer $answer), the next one has a good certificate and says so',
  async (cut) => {
    const cluster = await lab.cluster(`rotate-${cut.afterWrites}-${cut.answer}`);
    let aged: Readonly<Record<string, string>> = {};
    await crash(cluster, cut, {
      async prepare() {
        const first = await cluster.start();
        await cluster.admit();
        await first.stop();
        aged = await agedCredential(cluster);
        await cluster.editCredential(aged);
        await leaveStaleFailure(cluster);
      },
      async isOver() {
        const now = (await cluster.credential())?.['tls.crt'] ?? '';
        const [certificate] = now === aged['tls.crt'] ? [] : parseCertificates(now);
        if (certificate === undefined || certificate.notAfter.getTime() < Date.now() + 60 * MINUTE_MS) return false;
        // Whoever finds the certificate in the secret repeats the news that its predecessor could not give.
        const condition = await cluster.condition('ClusterCertificateRotated');
        const { notBefore, notAfter } = certificate;
        return (
          condition?.status === 'True' &&
          condition.message.endsWith(`starting from ${timestamp(notBefore)} to ${timestamp(notAfter)}`)
        );
      },
    });
  },
);
