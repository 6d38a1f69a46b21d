import { expect, test } from '@jest/globals';
import { manualTimers } from '../../../test/manual-timers.ts';
import { type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import { MissedObjects } from './missed-objects.ts';

const inNamespace = (namespace: string, name: string): ResourceId => ({
  group: '',
  resource: 'configmaps',
  namespace,
  name,
});
const A = inNamespace('n', 'a');
const B = inNamespace('m', 'b');
const ROLE: ResourceId = { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', namespace: '', name: 'r' };

function setUp() {
  const timers = manualTimers();
  const told = new Set<string>();
  const relisted: string[] = [];
  const missed = new MissedObjects({
    clock: timers.clock,
    find: (id) => (told.has(resourceKey(id)) ? 'absent' : undefined),
    relist: (scope) => relisted.push(scope),
  });
  return { timers, told, relisted, missed };
}

test('every scope that could tell of a missed object is listed anew, once, after 30 s', () => {
  const { timers, relisted, missed } = setUp();
  for (const id of [A, inNamespace('n', 'c'), B, ROLE]) missed.exists(id);
  timers.advance(29_999);
  expect(relisted).toEqual([]);
  timers.advance(1);
  expect(relisted.toSorted()).toEqual([
    '/configmaps',
    '/configmaps/m',
    '/configmaps/n',
    'rbac.authorization.k8s.io/clusterroles',
  ]);
  timers.advance(60_000);
  expect(relisted).toHaveLength(4);
});

test('nothing is listed for what a watch tells of, at once or in time', () => {
  const { timers, told, relisted, missed } = setUp();
  told.add(resourceKey(A));
  missed.exists(A);
  missed.exists(B);
  told.add(resourceKey(B));
  timers.advance(30_000);
  expect(relisted).toEqual([]);
});

test('nothing is listed after the end', () => {
  const { timers, relisted, missed } = setUp();
  missed.exists(A);
  missed.cancel();
  timers.advance(60_000);
  expect(relisted).toEqual([]);
});
