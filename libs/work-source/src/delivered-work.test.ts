import { describe, expect, test } from '@jest/globals';
import { annotations, type ManifestWork } from '@ocm/api';
import { aConfigMap } from '@ocm/testing';
import { deliveredWork, wantedWork } from './delivered-work.ts';
import type { Manifest } from './types.ts';

const manifests = [aConfigMap()] as unknown as readonly Manifest[];
const condition = (type: string, status: 'True' | 'False' = 'True') =>
  ({ type, status, reason: 'R', message: '', lastTransitionTime: '2026-01-31T09:00:00Z' }) as const;

function work(
  version: number,
  reported: string | undefined,
  ...conditions: readonly ReturnType<typeof condition>[]
): ManifestWork {
  const wanted = wantedWork({ cluster: 'c1', name: 'web', manifests });
  const noted = reported === undefined ? {} : { [annotations.eventReportedVersion]: reported };
  return {
    ...wanted,
    metadata: { ...wanted.metadata, generation: version, annotations: noted },
    status: { conditions },
  };
}

describe('a work as programs see it', () => {
  test.each([
    ['nothing was reported', work(1, undefined), [false, false]],
    ['the agent has applied it', work(2, '2', condition('Applied')), [true, false]],
    ['it is available', work(2, '2', condition('Applied'), condition('Available')), [true, true]],
    [
      'the report is about the version before',
      work(2, '1', condition('Applied'), condition('Available')),
      [false, false],
    ],
    ['versions are not kept', work(0, '0', condition('Applied'), condition('Available')), [true, true]],
    [
      'what is there is of the version before',
      work(2, '2', condition('Applied', 'False'), condition('Available')),
      [false, false],
    ],
  ] as const)('%s', (_what, seen, [isApplied, isAvailable]) => {
    expect(deliveredWork(seen)).toMatchObject({
      cluster: 'c1',
      name: 'web',
      isApplied,
      isAvailable,
      isDeleting: false,
    });
  });

  test('is made of what is given', () => {
    const options = { deleteOption: { propagationPolicy: 'Orphan' } };
    expect(wantedWork({ cluster: 'c1', name: 'web', manifests, labels: { a: 'b' }, options })).toEqual({
      metadata: { namespace: 'c1', name: 'web', labels: { a: 'b' }, annotations: {} },
      spec: { ...options, workload: { manifests } },
    });
  });
});
