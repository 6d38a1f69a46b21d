import { expect, test } from '@jest/globals';
import type { ManagedCluster, ManagedClusterStatus } from '@ocm/api';
import { aCluster, BUILT_AT, type ConditionLike } from '@ocm/testing';
import { reportCondition } from './report-condition.ts';

const ACCEPTED = { type: 'HubAcceptedManagedCluster', status: 'True' } as const;
const ROTATED = { type: 'ClusterCertificateRotated', status: 'True', reason: 'R', message: '' } as const;
const { signal } = new AbortController();

/** The conditions that are written. */
async function report(...conditions: readonly ConditionLike[]): Promise<readonly unknown[]> {
  const cluster = aCluster({ conditions: [...conditions] });
  const written: ManagedClusterStatus[] = [];
  const hub = {
    clusters: {
      find: () => Promise.resolve(cluster),
      patchStatus: (seen: ManagedCluster, status: ManagedClusterStatus) => {
        written.push(status);
        return Promise.resolve({ ...seen, status });
      },
    },
    ownCluster: { get: () => cluster } as never,
  };
  await reportCondition(hub, 'c1', { now: () => new Date(BUILT_AT) })(ROTATED, signal);
  return written.map(({ conditions: all }) => all?.map(({ type }) => type));
}

test('a condition is added to those of the cluster', async () => {
  await expect(report(ACCEPTED)).resolves.toEqual([['HubAcceptedManagedCluster', 'ClusterCertificateRotated']]);
});

test.each<[string, readonly ConditionLike[]]>([
  ['whose clock is wrong', [ACCEPTED, { type: 'ManagedClusterConditionClockSynced', status: 'False' }]],
  ['that is denied', [{ ...ACCEPTED, status: 'False' }]],
  ['that nobody has decided about', []],
])('nothing is written for a cluster %s', async (_what, conditions) => {
  await expect(report(...conditions)).resolves.toEqual([]);
});
