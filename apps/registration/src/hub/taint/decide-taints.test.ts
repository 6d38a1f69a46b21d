import { automaticTaints, clusterConditions, type ConditionStatus, type ManagedCluster, type Taint } from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decideTaints } from './decide-taints.ts';

const { unavailable, unreachable } = automaticTaints;
const MINE: Taint = { key: 'example.com/maintenance', value: 'weekly', effect: 'NoSelectIfNew' };
const SAME_KEY: Taint = { key: unreachable.key, effect: 'PreferNoSelect' };
const SAME_KEY_WITH_VALUE: Taint = { ...unavailable, value: 'by hand' };

function aCluster(available: ConditionStatus | undefined, taints: readonly Taint[]): ManagedCluster {
  const condition = { type: clusterConditions.available.type, reason: 'R', message: '', lastTransitionTime: '' };
  return {
    metadata: { name: 'c1' },
    spec: { taints },
    status: available === undefined ? {} : { conditions: [{ ...condition, status: available }] },
  };
}

describe('decideTaints', () => {
  test.each([
    { available: undefined, wanted: [unreachable] },
    { available: 'Unknown', wanted: [unreachable] },
    { available: 'False', wanted: [unavailable] },
  ] as const)(
    '[registration 38] Available=$available adds its taint and keeps user taints',
    ({ available, wanted }) => {
      const own = [MINE, SAME_KEY, SAME_KEY_WITH_VALUE];
      expect(decideTaints(aCluster(available, own))).toEqual({ kind: 'replace', taints: [...own, ...wanted] });
      expect(decideTaints(aCluster(available, []))).toEqual({ kind: 'replace', taints: wanted });
    },
  );

  test.each([
    { available: 'True', present: [unreachable, MINE, unavailable], left: [MINE] },
    { available: 'False', present: [unreachable, MINE], left: [MINE, unavailable] },
    { available: 'Unknown', present: [unavailable, MINE], left: [MINE, unreachable] },
  ] as const)('[registration 38] Available=$available removes the taints of the other states', (row) => {
    const plan = decideTaints(aCluster(row.available, row.present));
    expect(plan).toEqual({ kind: 'replace', taints: row.left });
  });

  test('a taint that is there stays as it is, with the time it was added', () => {
    const stamped = { ...unreachable, value: '', timeAdded: '2026-01-01T00:00:00Z' };
    expect(decideTaints(aCluster('Unknown', [stamped, MINE]))).toEqual({ kind: 'keep' });
  });

  test('a second pass changes nothing', () => {
    const taint = fc.constantFrom<Taint>(MINE, SAME_KEY, SAME_KEY_WITH_VALUE, unavailable, unreachable);
    const available = fc.constantFrom<ConditionStatus | undefined>('True', 'False', 'Unknown', undefined);
    fc.assert(
      fc.property(available, fc.array(taint, { maxLength: 5 }), (status, taints) => {
        const plan = decideTaints(aCluster(status, taints));
        const next = plan.kind === 'replace' ? plan.taints : taints;
        expect(decideTaints(aCluster(status, next))).toEqual({ kind: 'keep' });
      }),
    );
  });
});
