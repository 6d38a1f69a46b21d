import { expect, test } from '@jest/globals';
import type { ManagedClusterAddOn } from '@ocm/api';
import { KubeError, type KubeErrorCode, type Outcome, silentLogger } from '@ocm/kube';
import { anAddOn } from '@ocm/testing';
import type { AddOnHub } from '../registration-driver.ts';
import { addOnRegistrationController } from './add-on-registration-controller.ts';
import { credentialRuns } from './credential-runs.ts';

const { signal } = new AbortController();
const RESYNC_MS = 600_000;
const RESYNC = { kind: 'requeue', afterMs: RESYNC_MS };
const REGISTERED = anAddOn({
  name: 'x',
  namespace: 'c1',
  status: { registrations: [{ type: 'kubeClient', kubeClient: { driver: 'csr' } }] },
});

/** A hub whose cache and whose answers can be set apart, and which secrets of add-ons have been deleted. */
function setUp() {
  const hub: {
    cached: ManagedClusterAddOn | undefined;
    live: () => Promise<ManagedClusterAddOn | undefined>;
  } = { cached: REGISTERED, live: () => Promise.resolve(hub.cached) };
  const deleted: string[] = [];
  const controller = addOnRegistrationController({
    addOns: {
      cache: {
        get: () => hub.cached,
        events: () => ({ start: () => () => undefined }),
      } as unknown as AddOnHub['cache'],
      live: { find: () => hub.live(), patchStatus: (addOn) => Promise.resolve(addOn) },
    },
    cluster: 'c1',
    auth: 'csr',
    runs: credentialRuns(() => Promise.resolve(), signal),
    deleteSecret: ({ secret }) => Promise.resolve(void deleted.push(secret.name)),
    intervals: { addOnResyncMs: RESYNC_MS },
    log: silentLogger,
  });
  return { hub, deleted, reconcile: (): Promise<Outcome> => controller.reconcile('x', signal) };
}

const refused = (code: KubeErrorCode) => (): Promise<never> => Promise.reject(new KubeError('no', { code }));

test('[registration 57] the secret of an add-on that is gone is deleted', async () => {
  const { hub, deleted, reconcile } = setUp();
  await expect(reconcile()).resolves.toEqual(RESYNC);
  hub.cached = undefined;
  await expect(reconcile()).resolves.toEqual({ kind: 'done' });
  expect(deleted).toEqual(['x-hub-kubeconfig']);
});

test('[registration 57] it is deleted, too, when the right to look went before the news: the cluster is being deleted', async () => {
  const { hub, deleted, reconcile } = setUp();
  await reconcile();
  hub.cached = undefined;
  hub.live = refused('forbidden');
  await expect(reconcile()).resolves.toEqual({ kind: 'done' });
  expect(deleted).toEqual(['x-hub-kubeconfig']);
});

test('[registration 57] while the hub cannot be asked nothing is deleted', async () => {
  const { hub, deleted, reconcile } = setUp();
  await reconcile();
  hub.cached = undefined;
  hub.live = refused('unavailable');
  await expect(reconcile()).rejects.toThrow('no');
  expect(deleted).toEqual([]);
});

test('[registration 57] a cache that has lost an add-on is not believed while the hub has it', async () => {
  const { hub, deleted, reconcile } = setUp();
  await reconcile();
  hub.cached = undefined;
  hub.live = () => Promise.resolve(REGISTERED);
  await expect(reconcile()).resolves.toEqual(RESYNC);
  expect(deleted).toEqual([]);
});

test('[registration 57] an add-on that is being deleted keeps its secret, and is looked at again', async () => {
  const { hub, deleted, reconcile } = setUp();
  await reconcile();
  hub.cached = { ...REGISTERED, metadata: { ...REGISTERED.metadata, deletionTimestamp: '2026-03-01T00:00:00Z' } };
  await expect(reconcile()).resolves.toEqual(RESYNC);
  expect(deleted).toEqual([]);
});
