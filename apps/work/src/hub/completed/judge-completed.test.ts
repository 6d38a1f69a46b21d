import { labels } from '@ocm/api';
import { parseExact } from '@ocm/kube';
import { aManifestWork, type ManifestWorkOver } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { judgeCompleted } from './judge-completed.ts';

const COMPLETED_AT = '2026-01-31T09:00:00Z';
const SECOND = 1000;

function judge(over: ManifestWorkOver, afterSeconds: number): ReturnType<typeof judgeCompleted> {
  return judgeCompleted(aManifestWork(over), Date.parse(COMPLETED_AT) + afterSeconds * SECOND);
}

const complete = { type: 'Complete', status: 'True', lastTransitionTime: COMPLETED_AT } as const;
const ttl = (ttlSecondsAfterFinished: number) => ({ ttlSecondsAfterFinished });
const over = { conditions: [complete], deleteOption: ttl(5) };

describe('a completed work', () => {
  test.each([
    ['has no TTL', { conditions: [complete] }],
    [
      'has a delete option without TTL',
      { conditions: [complete], deleteOption: { propagationPolicy: 'Orphan' as const } },
    ],
    ['is not complete', { deleteOption: ttl(0) }],
    ['is not complete any more', { ...over, conditions: [{ ...complete, status: 'False' as const }] }],
    ['belongs to a replica set', { ...over, labels: { [labels.replicaSet]: '' } }],
    ['is being deleted', { ...over, metadata: { deletionTimestamp: COMPLETED_AT } }],
    ['has completed at no readable time', { ...over, conditions: [{ ...complete, lastTransitionTime: 'soon' }] }],
  ])('[work 58] stays when it %s', (_when, work: ManifestWorkOver) => {
    expect(judge(work, 1000)).toEqual({ kind: 'keep' });
  });

  test('[work 58] waits exactly until its time is over', () => {
    expect(judge(over, 0)).toEqual({ kind: 'wait', forMs: 5000 });
    expect(judge(over, 4.999)).toEqual({ kind: 'wait', forMs: 1 });
    expect(judge(over, 5)).toEqual({ kind: 'delete', completedAt: COMPLETED_AT });
    expect(judge(over, -10)).toEqual({ kind: 'wait', forMs: 15_000 });
  });

  test('[work 58] waits for a time that only an int64 can hold', () => {
    const text = '{"ttlSecondsAfterFinished":9223372036854775807}';
    const deleteOption = parseExact(text) as ReturnType<typeof ttl>;
    expect(judge({ ...over, deleteOption }, 5)).toEqual({ kind: 'wait', forMs: expect.closeTo(2 ** 63 * 1000, -9) });
  });

  test.each([0, -1])('[work 58] goes at once with the TTL %i', (seconds) => {
    expect(judge({ ...over, deleteOption: ttl(seconds) }, -60)).toEqual({ kind: 'delete', completedAt: COMPLETED_AT });
  });
});
