import { expect, test } from '@jest/globals';
import { aCluster } from '@ocm/testing';
import { reportJoined } from './joined-stage.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const ACCEPTED = { type: 'HubAcceptedManagedCluster', status: 'True' } as const;

test.each([[], [{ ...ACCEPTED, status: 'False' as const }]])(
  '[registration 2] a cluster that is not accepted reports nothing: %j',
  (...conditions) => {
    const cluster = aCluster({ conditions });
    expect(reportJoined(cluster, NOW)).toEqual({ kind: 'stop', status: cluster.status ?? {} });
  },
);

test('[registration 2] an accepted one has joined, once', () => {
  const first = reportJoined(aCluster({ conditions: [ACCEPTED] }), NOW);
  expect(first).toMatchObject({
    kind: 'continue',
    status: {
      conditions: [
        ACCEPTED,
        { type: 'ManagedClusterJoined', status: 'True', lastTransitionTime: '2026-03-01T00:00:00Z' },
      ],
    },
  });
  const later = new Date(NOW.getTime() + 60_000);
  expect(reportJoined({ ...aCluster(), status: first.status }, later)).toEqual(first);
});

test('a cluster that is denied after it joined has still joined', () => {
  const joined = { type: 'ManagedClusterJoined', status: 'True' } as const;
  const cluster = aCluster({ conditions: [{ ...ACCEPTED, status: 'False' }, joined] });
  expect(reportJoined(cluster, NOW).status).toMatchObject({ conditions: [{ status: 'False' }, joined] });
});
