import type { ManagedCluster } from '@ocm/api';
import { KubeError, type Resource } from '@ocm/kube';
import { aCluster } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { firstClusters, joinedClusters } from './event-clusters.ts';

const { signal } = new AbortController();
const accepted = aCluster({ name: 'c1', joined: true });

/** A client whose hub has not said anything until `sync` is called; its store has the cluster then. */
function aClient(cluster: ManagedCluster = accepted) {
  let isSynced = false;
  const synced = Promise.withResolvers<void>();
  const find = async (): Promise<ManagedCluster> => {
    if (!isSynced) throw new KubeError('nothing is known yet', { code: 'unavailable' });
    return cluster;
  };
  return {
    sync() {
      isSynced = true;
      synced.resolve();
    },
    client: {
      kind: () => ({ find }) as unknown as Resource<never>,
      waitForSync: (until: AbortSignal) =>
        Promise.race([
          synced.promise,
          new Promise<void>((_, reject) =>
            until.addEventListener('abort', () => reject(until.reason as Error), { once: true }),
          ),
        ]),
    },
  };
}

/** A clock with one timer, which goes off when the test says so. */
function aTimer() {
  const timers: (() => void)[] = [];
  const schedule = (_ms: number, run: () => void): (() => void) => {
    timers.push(run);
    return () => undefined;
  };
  return { clock: { schedule }, goOff: () => timers.pop()?.() };
}

/** What a promise has come to by now. */
async function stateOf(promise: Promise<unknown>): Promise<'open' | 'settled'> {
  const turn = new Promise<'open'>((resolve) => setImmediate(() => resolve('open')));
  return Promise.race([promise.then(() => 'settled' as const), turn]);
}

test('who looks for a cluster at first waits for what the hub tells', async () => {
  const hub = aClient();
  const found = firstClusters(hub.client, aTimer().clock).find('c1', { signal });
  expect(await stateOf(found)).toBe('open');
  hub.sync();
  expect(await found).toBe(accepted);
});

test('but not for long', async () => {
  const timer = aTimer();
  const found = firstClusters(aClient().client, timer.clock).find('c1', { signal });
  timer.goOff();
  await expect(found).rejects.toMatchObject({ code: 'unavailable' });
});

test('nor when it is told to stop', async () => {
  const stopping = new AbortController();
  const found = firstClusters(aClient().client, aTimer().clock).find('c1', { signal: stopping.signal });
  stopping.abort(new Error('stopped'));
  await expect(found).rejects.toThrow('stopped');
});

test('a registered agent hears of its acceptance when it can send heartbeats', async () => {
  const [own, leases] = [aClient(), aClient()];
  const found = joinedClusters(own.client, leases.client).find('c1', { signal });
  own.sync();
  expect(await stateOf(found)).toBe('open');
  leases.sync();
  expect(await found).toBe(accepted);
});

test('while it is not accepted, nobody waits for heartbeats', async () => {
  const waiting = aCluster({ name: 'c1', accepted: false });
  const own = aClient(waiting);
  own.sync();
  expect(await joinedClusters(own.client, aClient().client).find('c1', { signal })).toBe(waiting);
});
