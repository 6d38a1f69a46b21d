import type { ManifestWork, ManifestWorkStatus } from '@ocm/api';
import {
  compareSequenceIds,
  extensions,
  findInteger,
  findString,
  SequenceIds,
  workOfBundleStatus,
  workStatusHash,
} from '@ocm/cloudevents';
import { aCondition, aManifestWork } from '@ocm/testing';
import { property, assert as check, bigInt } from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import {
  concernsSource,
  sequenceOf,
  sourceAnswers,
  sourceDeletedEvent,
  sourceStatusEvent,
  statusVersion,
} from './source-status.ts';
import { storedMetadata } from './work-origin.ts';

const ORIGIN = { source: 'src1', resourceId: 'r1', version: 7 };
const ENVELOPE = { id: 'id1', source: 'kube', time: new Date('2026-01-01T00:00:00Z') };
const SOURCE = { envelope: () => ENVELOPE, latest: (work: ManifestWork) => work };
const NOW = () => new Date('2026-01-01T00:00:00Z');

function applied(observedGeneration?: number): ManifestWorkStatus {
  const condition = aCondition({ type: 'Applied', status: 'True' });
  return { conditions: [{ ...condition, ...(observedGeneration === undefined ? {} : { observedGeneration }) }] };
}

function onHub(
  over: { readonly id?: string; readonly status?: ManifestWorkStatus; readonly generation?: number } = {},
) {
  const { id = 'r1', status, generation = 3 } = over;
  const work = aManifestWork({ labels: { l: 'v' } });
  const metadata = {
    ...storedMetadata(work.metadata, { ...ORIGIN, resourceId: id }),
    uid: `uid-${id}`,
    generation,
    resourceVersion: '4097',
  };
  return { ...work, metadata, ...(status === undefined ? {} : { status }) } satisfies ManifestWork;
}

describe('a status for its source', () => {
  const event = sourceStatusEvent(onHub({ status: applied(3) }), ORIGIN, {
    action: 'update_request',
    envelope: ENVELOPE,
  });

  test('has the id and the version of the source, and the name of the work', () => {
    expect(event.type).toMatch(/manifestbundles\.status\.update_request$/);
    expect(findString(event, extensions.originalSource)).toBe('src1');
    expect(findString(event, extensions.clusterName)).toBe('cluster1');
    expect(findInteger(event, extensions.resourceVersion)).toBe(7);
    expect(workOfBundleStatus(event)).toMatchObject({
      metadata: { uid: 'r1', name: 'work1', generation: 7, labels: { l: 'v' } },
      status: applied(3),
    });
  });

  test('has the hash that the source computes', () => {
    expect(findString(event, extensions.statusHash)).toBe(workStatusHash(applied(3)));
  });
});

test('[cloudevents-grpc 19] the end of a work is a condition, whoever deleted it', () => {
  const sequenceId = new SequenceIds(NOW).next();
  const event = sourceDeletedEvent(onHub(), { origin: ORIGIN, sequenceId, envelope: ENVELOPE });
  expect(workOfBundleStatus(event).status.conditions).toMatchObject([
    { type: 'Deleted', status: 'True', reason: 'ManifestsDeleted' },
  ]);
});

test.each([
  ['of the newest generation', applied(3), 7],
  ['of an older one', applied(2), 6],
  ['that names no generation', applied(), 7],
  ['that is not there', undefined, 7],
])('a status %s belongs to version', (_, status, version) => {
  expect(statusVersion(onHub(status === undefined ? {} : { status }), ORIGIN)).toBe(version);
});

test.each([0, 1])('a source at version %i has no earlier one', (version) => {
  expect(statusVersion(onHub({ status: applied(2) }), { version })).toBe(version);
});

describe('sequence ids', () => {
  test('[cloudevents-grpc 34] grow with the resource version, whichever replica makes them', () => {
    check(
      property(bigInt(0n, 2n ** 52n), bigInt(1n, 2n ** 20n), (version, more) => {
        expect(compareSequenceIds(sequenceOf(String(version)), sequenceOf(String(version + more)))).toBe('newer');
        expect(compareSequenceIds(sequenceOf(String(version)), sequenceOf(String(version)))).toBe('not-newer');
      }),
    );
  });

  test('[cloudevents-grpc 34] are all older than that of an end', () => {
    expect(compareSequenceIds(sequenceOf(String(2n ** 50n)), new SequenceIds(NOW).next())).toBe('newer');
  });
});

describe('the answer to a status resync', () => {
  const works = [onHub({ status: applied(3) }), onHub({ id: 'r2', status: applied(2) }), onHub({ id: 'r3' })];
  const answers = (held: readonly (readonly [string, string])[]) =>
    [...sourceAnswers(works, new Map(held), SOURCE)].map((event) => findString(event, extensions.resourceId));
  const one = workStatusHash(applied(3));
  const two = workStatusHash(applied(2));
  const none = workStatusHash(undefined);

  test.each<[string, readonly (readonly [string, string])[], readonly string[]]>([
    ['nothing held', [], ['r1', 'r2', 'r3']],
    [
      'equal hashes',
      [
        ['r1', one],
        ['r2', two],
        ['r3', none],
      ],
      [],
    ],
    [
      'one other',
      [
        ['r1', one],
        ['r2', one],
        ['r3', none],
      ],
      ['r2'],
    ],
    ['works that are not listed', [['r1', 'x']], ['r1']],
  ])('[cloudevents-grpc 32] %s', (_, held, want) => {
    expect(answers(held)).toEqual(want);
  });

  test('[cloudevents-grpc 32] names works of the source only', () => {
    expect([...sourceAnswers([aManifestWork()], new Map(), SOURCE)]).toEqual([]);
  });
});

test.each([
  { what: 'a new status', before: undefined, after: applied(3), isTold: true },
  { what: 'another status', before: applied(2), after: applied(3), isTold: true },
  { what: 'the same status', before: applied(3), after: applied(3), isTold: false },
])('$what concerns the source: $isTold', ({ before, after, isTold }) => {
  const previous = onHub(before === undefined ? {} : { status: before });
  const object = onHub({ status: after });
  expect(concernsSource({ type: 'updated', previous, object })).toBe(isTold);
});
