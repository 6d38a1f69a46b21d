import { describe, expect, test } from '@jest/globals';
import { annotations, finalizers, type ManifestWork } from '@ocm/api';
import { aWorkSpec } from '@ocm/testing';
import { judgeStatus, type ReportedWork } from './judge-status.ts';
import { specHash } from './work-on-the-wire.ts';

// Milliseconds, node 1, step.
const seq = (ms: number, step = 0, node = 1): string =>
  String((BigInt(ms) << 22n) | (BigInt(node) << 12n) | BigInt(step));
const condition = (type: string): NonNullable<ReportedWork['status']['conditions']>[number] => ({
  type,
  status: 'True',
  reason: 'R',
  message: '',
  lastTransitionTime: '2026-01-31T09:00:00Z',
});
const applied = { conditions: [condition('Applied')] };

function reported(
  over: {
    generation?: number;
    sequenceId?: string;
    status?: ReportedWork['status'];
    specHash?: string;
    cluster?: string;
  } = {},
): ReportedWork {
  const { generation = 2, sequenceId = seq(5), status = applied, cluster = 'c' } = over;
  const hash = over.specHash === undefined ? {} : { [annotations.eventSpecHash]: over.specHash };
  return {
    metadata: {
      name: 'w',
      namespace: cluster,
      uid: 'u',
      generation,
      annotations: { [annotations.eventSequenceId]: sequenceId, ...hash },
    },
    status,
  };
}

function known(
  over: { generation?: number; sequenceId?: string; status?: ManifestWork['status']; found?: true } = {},
): ManifestWork {
  const { generation = 2, sequenceId, status, found } = over;
  return {
    metadata: {
      name: 'w',
      namespace: 'c',
      uid: 'u',
      generation,
      ...(sequenceId === undefined
        ? {}
        : { annotations: { [annotations.eventSequenceId]: sequenceId, [annotations.eventReportedVersion]: '2' } }),
    },
    ...(found === true ? {} : { spec: aWorkSpec() }),
    ...(status === undefined ? {} : { status }),
  };
}

describe('a status that a source receives', () => {
  test.each([
    ['of nobody, deleted', { status: { conditions: [condition('Deleted')] } }, undefined, 'ended'],
    ['of nobody', {}, undefined, 'unknown'],
    ['that says deleted', { status: { conditions: [condition('Deleted')] } }, known(), 'gone'],
    [
      'that says deleted, of an earlier generation',
      { generation: 1, status: { conditions: [condition('Deleted')] } },
      known(),
      'again',
    ],
    ['of another cluster', { cluster: 'other' }, known(), 'ignore'],
    [
      'of another cluster, that says deleted',
      { cluster: 'other', status: { conditions: [condition('Deleted')] } },
      known(),
      'ignore',
    ],
    ['of another cluster, of a later generation', { cluster: 'other', generation: 3 }, known(), 'ignore'],
    ['of a later generation', { generation: 3 }, known(), 'behind'],
    ['of the same generation with another spec', { specHash: 'other' }, known(), 'behind'],
    ['of the same generation with the same spec', { specHash: specHash(aWorkSpec()) }, known(), 'put'],
    [
      'with another spec when versions are not kept',
      { generation: 0, specHash: 'other' },
      known({ generation: 0 }),
      'put',
    ],
    ['of an earlier generation with another spec', { generation: 1, specHash: 'other' }, known(), 'put'],
    ['of a later generation when versions are not kept', { generation: 3 }, known({ generation: 0 }), 'put'],
    ['of an earlier generation', { generation: 1 }, known(), 'put'],
    ['of a later generation of a work that was found', { generation: 3 }, known({ found: true }), 'put'],
    ['with an older sequence id', {}, known({ sequenceId: seq(6) }), 'ignore'],
    ['with the sequence id of another node', {}, known({ sequenceId: seq(1, 0, 2) }), 'ignore'],
    ['that is the same', {}, known({ sequenceId: seq(1), status: applied }), 'ignore'],
    [
      'that is the same, of a found work with a new generation',
      { generation: 3 },
      known({ found: true, status: applied }),
      'put',
    ],
  ] as const)('%s: %#', (...[, report, work, kind]) => {
    expect(judgeStatus(reported(report), work).kind).toBe(kind);
  });

  test('[cloudevents-grpc 34] of two whose second sequence id is not greater, the first stays', () => {
    const first = judgeStatus(reported({ sequenceId: seq(5, 3) }), known());
    if (first.kind !== 'put') throw new Error(first.kind);
    for (const sequenceId of [seq(5, 3), seq(5, 2), seq(4, 9)]) {
      const later = reported({ sequenceId, status: { conditions: [condition('Available')] } });
      expect(judgeStatus(later, first.work)).toMatchObject({ kind: 'ignore' });
    }
  });

  test('is kept with its sequence id, and from then on the agent has a say in the end of the work', () => {
    expect(judgeStatus(reported(), known())).toEqual({
      kind: 'put',
      work: {
        ...known(),
        metadata: {
          ...known().metadata,
          annotations: { [annotations.eventSequenceId]: seq(5), [annotations.eventReportedVersion]: '2' },
          finalizers: [finalizers.work],
        },
        status: applied,
      },
    });
  });

  test('whose sequence id is none is an error', () => {
    for (const work of [known(), undefined]) {
      expect(() => judgeStatus(reported({ sequenceId: 'x' }), work)).toThrow('is no decimal number');
    }
  });
});
