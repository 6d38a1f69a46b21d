import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Lease } from '@ocm/api';
import { type ControlPlane, type FaultProxy, startControlPlane, startFaultProxy, until } from '@ocm/testing';
import { connect, type KubeClient, leadElection, LeadershipLostError } from '../src/index.ts';
import { recordingLogger } from './recording-logger.ts';

/** A lease that no busy machine lets expire. */
const TIMES = { leaseDurationMs: 30_000, renewDeadlineMs: 20_000, retryPeriodMs: 300 };
/** For those whose end is waited for. */
const BRIEF = { leaseDurationMs: 4000, renewDeadlineMs: 3000, retryPeriodMs: 300 };
const stop = new AbortController();
const { signal } = stop;
let cp: ControlPlane;
let proxy: FaultProxy;
/** Past the proxy. */
let admin: KubeClient;
let count = 0;

beforeAll(async () => {
  cp = await startControlPlane({ crds: false });
  proxy = await startFaultProxy({ controlPlane: cp });
  admin = await connectAs('admin', cp.url);
});
afterEach(() => proxy.clearFaults());
afterAll(async () => {
  stop.abort();
  await proxy?.close();
  await cp?.stop();
});

async function connectAs(userAgent: string, server: string): Promise<KubeClient> {
  const text = await cp.kubeconfig('admin', { server });
  return connect({ kind: 'text', text, directory: cp.directory }, { userAgent, signal });
}

interface Contender extends AsyncDisposable {
  leading(): AbortSignal | undefined;
  stop(): void;
  readonly ended: Promise<unknown>;
}

/** A process that wants the lease, over a connection of its own; its user agent is its identity. */
async function contend(name: string, identity: string, times = TIMES): Promise<Contender> {
  const client = await connectAs(identity, proxy.url);
  const end = new AbortController();
  let leading: AbortSignal | undefined;
  const options = {
    client,
    namespace: 'default',
    name,
    identity,
    ...times,
    signal: end.signal,
    log: recordingLogger(),
  };
  const ended = leadElection(options, async (signal) => {
    leading = signal;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }).then(
    () => 'ended',
    (error: unknown) => error,
  );
  return {
    leading: () => leading,
    stop: () => end.abort(),
    ended,
    async [Symbol.asyncDispose]() {
      end.abort();
      await ended;
      await client.close();
    },
  };
}

function newLease(): string {
  count += 1;
  return `lock-${count}`;
}

async function specOf(name: string): Promise<Lease['spec']> {
  return (await admin.kind(Lease).get({ namespace: 'default', name }, { signal })).spec;
}

const leads = (contender: Contender): Promise<AbortSignal> =>
  until(() => contender.leading(), { describe: 'it leads', signal });

test('of two contenders one leads; when it stops it releases the lease, and the other takes over', async () => {
  const name = newLease();
  await using first = await contend(name, 'first');
  await leads(first);
  await using second = await contend(name, 'second');
  const renewed = await specOf(name);
  await until(async () => (await specOf(name))?.renewTime !== renewed?.renewTime, {
    describe: 'it is renewed',
    signal,
  });
  expect(second.leading()).toBeUndefined();
  expect(renewed).toMatchObject({ holderIdentity: 'first', leaseDurationSeconds: 30, leaseTransitions: 0 });
  const stoppedAt = performance.now();
  first.stop();
  expect(await first.ended).toBe('ended');
  await leads(second);
  expect(performance.now() - stoppedAt).toBeLessThan(TIMES.leaseDurationMs); // it did not have to expire
  expect(await specOf(name)).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
});

test('a leader that is gone is replaced when its lease has expired', async () => {
  const name = newLease();
  await using dead = await contend(name, 'dead', BRIEF);
  await leads(dead);
  await using heir = await contend(name, 'heir', BRIEF);
  proxy.inject({ fault: { kind: 'drop-request' }, when: { userAgent: /^dead/ } });
  await leads(heir);
  expect(dead.leading()?.aborted).toBe(true); // before the other began
  expect(await dead.ended).toBeInstanceOf(LeadershipLostError);
  expect(await specOf(name)).toMatchObject({ holderIdentity: 'heir', leaseTransitions: 1 });
});

test('an outage shorter than the renew deadline does not cost the leadership', async () => {
  const name = newLease();
  await using leader = await contend(name, 'survivor');
  await leads(leader);
  const outage = proxy.inject({ fault: { kind: 'drop-request' }, when: { resource: 'leases', name } });
  await until(() => outage.hits >= 4, { describe: 'several renewals have failed', signal });
  const before = await specOf(name);
  outage.remove();
  await until(async () => (await specOf(name))?.renewTime !== before?.renewTime, {
    describe: 'it renews again',
    signal,
  });
  expect(leader.leading()?.aborted).toBe(false);
});

test('a restarted container retakes the lease of its own name at once', async () => {
  const name = newLease();
  await using before = await contend(name, 'pod-0');
  await leads(before);
  proxy.inject({ fault: { kind: 'drop-request' }, when: { resource: 'leases', name, verb: 'update' }, times: 1 });
  const startedAt = performance.now();
  await using after = await contend(name, 'pod-0');
  await leads(after);
  expect(performance.now() - startedAt).toBeLessThan(TIMES.leaseDurationMs / 2);
  expect(await specOf(name)).toMatchObject({ holderIdentity: 'pod-0', leaseTransitions: 0 });
});

test('the API server is down while the leader stops: the stop is not held up', async () => {
  const name = newLease();
  await using leader = await contend(name, 'leaver');
  await leads(leader);
  proxy.inject({ fault: { kind: 'drop-request' }, when: { userAgent: /^leaver/ } });
  leader.stop();
  expect(await leader.ended).toBe('ended');
  expect(await specOf(name)).toMatchObject({ holderIdentity: 'leaver' });
});
