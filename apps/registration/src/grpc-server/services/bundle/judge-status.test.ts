import { finalizers, type ManifestWork, type ManifestWorkStatus } from '@ocm/api';
import { aCondition, aManifestWork } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { holdWork } from './held-work.ts';
import { judgeStatus } from './judge-status.ts';

const APPLIED: ManifestWorkStatus = { conditions: [aCondition({ type: 'Applied', status: 'True' })] };
const DELETED: ManifestWorkStatus = { conditions: [aCondition({ type: 'Deleted', status: 'True' })] };

function stored({
  generation = 2,
  held = true,
  deleting = false,
  status,
}: {
  readonly generation?: number;
  readonly held?: boolean;
  readonly deleting?: boolean;
  readonly status?: ManifestWorkStatus;
} = {}) {
  const { metadata, spec } = aManifestWork({ finalizers: held ? ['other', finalizers.work] : ['other'] });
  const deletion = deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {};
  const work: ManifestWork = {
    metadata: { ...metadata, generation, ...deletion },
    ...(spec === undefined ? {} : { spec }),
    ...(status === undefined ? {} : { status }),
  };
  return holdWork(work, { keepStatus: false });
}

function reported(generation: number, status: ManifestWorkStatus) {
  return { metadata: { name: 'work1', generation }, status };
}

describe('what is done with the status that an agent reports', () => {
  test('[cloudevents-grpc 20] one of an older generation is passed over', () => {
    expect(judgeStatus(stored(), reported(1, APPLIED))).toEqual({ kind: 'nothing' });
  });

  test('[cloudevents-grpc 21] the first of a new work brings the finalizer, and then the status', () => {
    expect(judgeStatus(stored({ held: false }), reported(2, APPLIED))).toEqual({
      kind: 'store',
      finalizers: ['other', finalizers.work],
      status: { conditions: APPLIED.conditions, resourceStatus: null },
    });
  });

  test('a later one is stored alone, the same again is not', () => {
    expect(judgeStatus(stored(), reported(2, APPLIED))).toMatchObject({ kind: 'store', finalizers: undefined });
    expect(judgeStatus(stored({ status: APPLIED }), reported(2, APPLIED))).toEqual({ kind: 'nothing' });
  });

  test('a work that has the status but lost its finalizer gets that alone', () => {
    expect(judgeStatus(stored({ status: APPLIED, held: false }), reported(2, APPLIED))).toEqual({
      kind: 'store',
      finalizers: ['other', finalizers.work],
      status: undefined,
    });
  });

  test('a work that is being deleted gets no new finalizer, which the API server would refuse', () => {
    const verdict = judgeStatus(stored({ held: false, deleting: true }), reported(2, APPLIED));
    expect(verdict).toMatchObject({ kind: 'store', finalizers: undefined });
  });

  test.each([2, 1])(
    '[cloudevents-grpc 19] Deleted at generation %i takes the finalizer away and leaves others',
    (generation) => {
      expect(judgeStatus(stored({ deleting: true }), reported(generation, DELETED))).toEqual({
        kind: 'release',
        finalizers: ['other'],
      });
    },
  );
});
