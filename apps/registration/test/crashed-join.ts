import { expect } from '@jest/globals';
import { parseCertificates } from '@ocm/pki';
import type { JoiningCluster } from './agent-lab.ts';

/** What an administrator does in the end, whatever came before: accepts the cluster and approves every request of it. */
export async function admitAll(cluster: JoiningCluster): Promise<void> {
  const live = await cluster.find();
  if (live !== undefined && live.spec?.hubAcceptsClient !== true) await cluster.accept();
  for (const request of await cluster.requests()) {
    if ((request.status?.conditions ?? []).length === 0) await cluster.approveRequest(request).catch(() => undefined);
  }
}

/** What several agents that died one after the other have left is the whole credential of the last one. */
export async function expectConsistent(cluster: JoiningCluster, keysOfDriver: readonly string[] = []): Promise<void> {
  const credential = await cluster.credential();
  const keys = ['agent-name', 'cluster-name', 'kubeconfig', 'tls.crt', 'tls.key', ...keysOfDriver];
  expect(Object.keys(credential ?? {}).toSorted()).toEqual(keys.toSorted());
  const [certificate] = parseCertificates(credential?.['tls.crt'] ?? '');
  expect(certificate?.subject.commonName).toBe(
    `system:open-cluster-management:${cluster.name}:${credential?.['agent-name']}`,
  );
  // One that is on its way when the agent dies is of no use to the next one.
  expect((await cluster.requests()).length).toBeLessThanOrEqual(3);
}
