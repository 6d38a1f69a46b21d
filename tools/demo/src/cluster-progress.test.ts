import { describe, expect, test } from '@jest/globals';
import { aCluster, aManifestWork } from '@ocm/testing';
import { reached, withMilestones } from './cluster-progress.ts';

const holding = (type: string) => ({
  type,
  status: 'True' as const,
  reason: 'Test',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});

const workWith = (...types: readonly string[]) => ({
  ...aManifestWork({ name: 'w', namespace: 'c1' }),
  status: { conditions: types.map(holding) },
});

describe('milestones of a cluster', () => {
  test('an unknown cluster without work has reached nothing', () => {
    expect(reached({ cluster: undefined, work: undefined })).toEqual([]);
  });

  test('each condition of the cluster is one milestone', () => {
    const cluster = {
      ...aCluster({ name: 'c1' }),
      status: { conditions: [holding('HubAcceptedManagedCluster'), holding('ManagedClusterJoined')] },
    };
    expect(reached({ cluster, work: undefined })).toEqual(['accepted', 'joined']);
  });

  test('a work counts as applied when it is applied and available', () => {
    expect(reached({ cluster: undefined, work: workWith('Applied') })).toEqual([]);
    expect(reached({ cluster: undefined, work: workWith('Applied', 'Available') })).toEqual(['work applied']);
  });

  test('a milestone keeps the time at which it was first reached', () => {
    const first = withMilestones({}, ['accepted'], 1.5);
    const second = withMilestones(first, ['accepted', 'joined'], 2);
    expect(second).toEqual({ accepted: 1.5, joined: 2 });
    expect(withMilestones(second, ['joined'], 3)).toBe(second);
  });
});
