import { expect, test } from '@jest/globals';
import { watchedCluster } from '../../../test/watched-cluster.ts';
import { KnownObjects } from './known-objects.ts';
import { pollingReader } from './polling-reader.ts';

const kind = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const id = { group: '', resource: 'configmaps', namespace: 'n', name: 'a' };
const SEEN_MS = 3_600_000;

test.each([
  ['now', SEEN_MS, 'present'],
  ['while it is fresh', SEEN_MS + 9999, 'present'],
  ['later', SEEN_MS + 10_000, 'absent'],
  ['after the clock was set back', SEEN_MS - 1, 'absent'],
])('an answer of an object that has gone since is good %s: at %i it is %s', async (_when, nowMs, kindOfAnswer) => {
  const known = new KnownObjects();
  known.saw(id, { metadata: { name: 'a', uid: 'u', resourceVersion: '1' } }, SEEN_MS);
  const clock = { now: () => new Date(nowMs) };
  const reader = pollingReader({ spoke: watchedCluster('v1').spoke, known, clock, freshMs: 10_000 });
  expect((await reader.read(kind, id, { signal: new AbortController().signal })).kind).toBe(kindOfAnswer);
});
