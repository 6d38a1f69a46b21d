import { expect, test } from '@jest/globals';
import { type ManifestWork, ManifestWork as Works } from '@ocm/api';
import { silentLogger } from '@ocm/kube';
import { VirtualClock } from '../../test/simulation/virtual-clock.ts';
import { bundleEvent } from '../bundle.ts';
import { type CloudEvent, stringAttribute } from '../event.ts';
import { encodeHeldHashes } from '../resync.ts';
import type { EventTransport } from '../session/event-transport.ts';
import { eventClient } from './event-client.ts';

const BUNDLES = 'io.open-cluster-management.works.v1alpha1.manifestbundles';
const ref = { namespace: 'c1', name: 'w' };
const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };
const work: ManifestWork = {
  metadata: { ...ref, uid: 'u', generation: 1 },
  spec: { workload: { manifests: [manifest] } },
};

/** A broker that answers each publication after a second, and hears nothing else. */
function slowBroker(clock: VirtualClock) {
  const published: CloudEvent[] = [];
  let onEvent: ((event: CloudEvent) => void) | undefined;
  const transport: EventTransport = {
    address: 'slow',
    async connect(options) {
      ({ onEvent } = options);
      const { promise: ended, resolve } = Promise.withResolvers<Error>();
      return {
        async publish(event, _published, { signal }) {
          published.push(event);
          await clock.sleep(1000, signal);
        },
        ended,
        close: () => resolve(new Error('closed')),
      };
    },
    reloadCredential: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const ofType = (suffix: string): readonly CloudEvent[] =>
    published.filter(({ type }) => type === `${BUNDLES}.${suffix}`);
  return { transport, published, ofType, send: (event: CloudEvent) => onEvent?.(event) };
}

function statusResync(cluster: string): CloudEvent {
  const extensions = new Map([['clustername', stringAttribute(cluster)]]);
  return {
    id: '1',
    source: 's1',
    type: `${BUNDLES}.status.resync_request`,
    extensions,
    data: encodeHeldHashes(new Map()),
  };
}

async function setUp() {
  const clock = new VirtualClock();
  const broker = slowBroker(clock);
  const stop = new AbortController();
  const { signal } = stop;
  const client = eventClient({ transport: broker.transport, clusterName: 'c1', sourceId: 'a', kinds: [Works], clock });
  const running = client.run(signal);
  await clock.pass(2000);
  broker.send(bundleEvent(work, 'create_request', { id: '1', source: 's1', time: clock.now() }));
  return {
    clock,
    broker,
    signal,
    works: client.kind(Works),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await clock.pass(5000);
      await running;
    },
  };
}

test('a question about statuses while one is being published is answered with that one, or not before it', async () => {
  await using env = await setUp();
  const { clock, broker, works, signal } = env;
  const conditions = [
    { type: 'Applied', status: 'True', reason: 'R', message: '', lastTransitionTime: '2026-01-31T09:00:00Z' } as const,
  ];
  const patching = works.patchStatus(await works.get(ref, { signal }), { conditions }, { signal });
  await clock.pass(100);
  broker.send(statusResync('c1'));
  await clock.pass(5000);
  await patching;
  const payloads = broker.published
    .filter(({ type }) => type.includes('.status.'))
    .map(({ data }) => JSON.parse(String(data)) as unknown);
  expect(payloads).toEqual([{ conditions }, { conditions }]);
});

test('a source that asks all its agents has just come back: it is asked what there is, one that asks this agent is not', async () => {
  await using env = await setUp();
  const { clock, broker } = env;
  const asked = (): number => broker.ofType('spec.resync_request').length;
  const before = asked();
  broker.send(statusResync('c1'));
  await clock.pass(5000);
  expect(asked()).toBe(before);
  broker.send(statusResync(''));
  await clock.pass(5000);
  expect(asked()).toBe(before + 1);
  const order = broker.published.slice(-2).map(({ type }) => type.slice(BUNDLES.length + 1));
  expect(order).toEqual(['status.resync_response', 'spec.resync_request']);
});

async function takeNoStatus({ type }: CloudEvent): Promise<void> {
  if (type.includes('.status.')) throw new Error('the hub has other things to do');
}

test('while the hub is away, nobody complains of each work whose end cannot be reported', async () => {
  const clock = new VirtualClock();
  const hub: { end?: (reason: Error) => void; onEvent?: (event: CloudEvent) => void; isAway: boolean } = {
    isAway: false,
  };
  const transport: EventTransport = {
    address: 'hub',
    async connect(options) {
      if (hub.isAway) throw new Error('away');
      const { promise: ended, resolve } = Promise.withResolvers<Error>();
      Object.assign(hub, { end: resolve, onEvent: options.onEvent });
      return { publish: takeNoStatus, ended, close: () => resolve(new Error('closed')) };
    },
    reloadCredential: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const complaints: string[] = [];
  const log = { ...silentLogger, warn: (_fields: object, message: string) => void complaints.push(message) };
  const stop = new AbortController();
  const client = eventClient({ transport, clusterName: 'c1', sourceId: 'a', kinds: [Works], clock, log });
  const running = client.run(stop.signal);
  await clock.pass(2000);
  const metadata = { ...work.metadata, deletionTimestamp: clock.now().toISOString() };
  hub.onEvent?.(bundleEvent({ metadata }, 'delete_request', { id: '1', source: 's1', time: clock.now() }));
  const works = client.kind(Works);
  const { signal } = stop;
  await works.patchMetadata(await works.get(ref, { signal }), { finalizers: [] }, { signal });
  await clock.pass(5000);
  const unreported = 'deletion cannot be reported, will retry';
  expect(complaints).toContain(unreported);
  Object.assign(hub, { isAway: true });
  hub.end?.(new Error('cut'));
  await clock.pass(100);
  complaints.length = 0;
  await clock.pass(60_000);
  expect(complaints).not.toContain(unreported);
  stop.abort();
  await clock.pass(5000);
  await running;
});
