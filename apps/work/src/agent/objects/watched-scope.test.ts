import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Clock, silentLogger, systemClock } from '@ocm/kube';
import { until } from '@ocm/testing';
import { watchedCluster, type WatchedCluster } from '../../../test/watched-cluster.ts';
import { WatchedScope } from './watched-scope.ts';

const id = { group: '', resource: 'configmaps', namespace: 'n', name: 'a' };
const kind = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** Who waits by it has waited at once; that much time has gone by then. */
function hastyClock(): Clock {
  let nowMs = 0;
  return {
    ...systemClock,
    now: () => new Date(nowMs),
    async sleep(ms, signal) {
      await systemClock.sleep(1, signal);
      nowMs += ms;
    },
  };
}

let cluster: WatchedCluster;
let scope: WatchedScope;
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  cluster = watchedCluster('v1');
  cluster.put('a');
  scope = new WatchedScope(
    { key: '/configmaps/n', kind, namespace: 'n' },
    {
      spoke: cluster.spoke,
      isWanted: () => true,
      onEvent: () => {},
      onSynced: () => {},
      foreignEventsPerMinute: 100,
      clock: hastyClock(),
      log: silentLogger,
    },
  );
  stop = new AbortController();
  running = scope.run(stop.signal);
});

afterEach(async () => {
  stop.abort();
  await running;
});

function version(): string | undefined {
  const seen = scope.get(id);
  return seen === 'absent' ? undefined : seen?.resourceVersion;
}

test('a scope whose watch keeps failing tells nothing any more, and tells again what there is when it is served again', async () => {
  await until(() => scope.get(id) !== undefined, { describe: 'the object is watched' });
  expect(scope.get(id)).toMatchObject({ resourceVersion: '1' });
  cluster.serve();
  await until(() => scope.get(id) === undefined, { describe: 'the scope tells nothing' });
  expect(scope.mode).not.toBe('watched');
  cluster.put('a');
  cluster.serve('v1');
  await until(() => scope.mode === 'watched', { describe: 'the object is watched again' });
  expect(scope.get(id)).toMatchObject({ resourceVersion: '2' });
});

test('a scope whose API server is out of reach goes on where it was when that is back', async () => {
  await until(() => scope.get(id) !== undefined, { describe: 'the object is watched' });
  cluster.reach(false);
  // By then some minutes have gone by.
  await until(() => cluster.unanswered() > 20, { describe: 'nobody answers' });
  cluster.put('a');
  cluster.reach(true);
  await until(() => version() === '2', { describe: 'the change is seen' });
  expect(cluster.lists()).toBe(1);
});
