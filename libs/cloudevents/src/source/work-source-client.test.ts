import { describe, expect, test } from '@jest/globals';
import { labels, type ManifestWork } from '@ocm/api';
import { VirtualClock } from '../../test/simulation/virtual-clock.ts';
import { bundleStatusEvent } from '../bundle.ts';
import { type CloudEvent, stringAttribute } from '../event.ts';
import { dataTypes, formatEventType } from '../event-type.ts';
import { findString } from '../read-extension.ts';
import { workResourceId } from '../resource-id.ts';
import { encodeHeldVersions } from '../resync.ts';
import { SequenceIds } from '../sequence-id.ts';
import type { EventTransport } from '../session/event-transport.ts';
import { workSourceClient } from './work-source-client.ts';

const PUBLISHING_MS = 2;
const spec = { workload: { manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }] } };

function aWork(namespace: string, name = 'w'): ManifestWork {
  return { metadata: { namespace, name }, spec };
}

/** A source and a broker to which agents may say what they like. */
async function setUp({ forgetAfterMs = 0 }: { readonly forgetAfterMs?: number } = {}) {
  const clock = new VirtualClock();
  const published: CloudEvent[] = [];
  let onEvent: ((event: CloudEvent) => void) | undefined;
  let end: ((reason: Error) => void) | undefined;
  const transport: EventTransport = {
    address: 'broker',
    async connect(options) {
      ({ onEvent } = options);
      const { promise: ended, resolve } = Promise.withResolvers<Error>();
      end = resolve;
      return {
        async publish(event, _published, { signal }) {
          await clock.sleep(PUBLISHING_MS, signal);
          published.push(event);
        },
        ended,
        close: () => resolve(new Error('closed')),
      };
    },
    reloadCredential: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const stop = new AbortController();
  const { signal } = stop;
  const client = workSourceClient({ transport, sourceId: 'shop', clock, forgetAfterMs });
  const running = client.run(signal);
  const sequenceIds = new SequenceIds(() => clock.now());
  const send = (event: CloudEvent): void => onEvent?.(event);
  return {
    clock,
    works: client.works,
    signal,
    cut: () => end?.(new Error('cut')),
    /** What was sent to a cluster, by the end of its type. */
    sentTo: (cluster: string, suffix: string) =>
      published.filter((event) => findString(event, 'clustername') === cluster && event.type.endsWith(suffix)),
    ask: (cluster: string, ids: readonly string[]) => {
      send({
        id: '1',
        source: `${cluster}-agent`,
        type: formatEventType(dataTypes.bundle, 'spec', 'resync_request'),
        extensions: new Map([
          ['clustername', stringAttribute(cluster)],
          ['originalsource', stringAttribute('')],
        ]),
        data: encodeHeldVersions(new Map(ids.map((id) => [id, 1n]))),
      });
    },
    report(
      cluster: string,
      uid: string,
      {
        type = 'Applied',
        generation = 5,
        sequenceId = sequenceIds.next(),
      }: { readonly type?: 'Applied' | 'Deleted'; readonly generation?: number; readonly sequenceId?: string } = {},
    ) {
      const condition = { type, status: 'True', reason: 'R', message: '', lastTransitionTime: '' } as const;
      const work: ManifestWork = {
        metadata: { name: 'w', namespace: cluster, uid, generation, labels: { [labels.originalSource]: 'shop' } },
        status: { conditions: [condition] },
      };
      const envelope = { id: '1', source: `${cluster}-agent`, time: clock.now() };
      send(bundleStatusEvent(work, { action: 'resync_response', sequenceId }, envelope));
    },
    async names() {
      const names: string[] = [];
      for await (const { items } of client.works.list({ signal })) {
        names.push(...items.map(({ metadata }) => `${metadata.namespace}/${metadata.name} ${metadata.uid}`));
      }
      return names.toSorted();
    },
    /** Whether it is over after so much time. */
    isOver: async (promise: Promise<unknown>, ms: number) => {
      const outcome = { isOver: false };
      const noted = promise.finally(() => {
        outcome.isOver = true;
      });
      await clock.pass(ms);
      if (outcome.isOver) await noted;
      return outcome.isOver;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await clock.pass(5000);
      await running;
    },
  };
}

const deletionsFor = (events: readonly CloudEvent[]): ReadonlySet<string | undefined> =>
  new Set(
    events.flatMap((event) => (event.extensions.has('deletiontimestamp') ? [findString(event, 'resourceid')] : [])),
  );

const madeUp = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `made-up-${index}`);

describe('an agent that says it holds thousands of works that nobody knows', () => {
  test.each([
    { when: 'later', forgetAfterMs: 0 },
    { when: 'while it is too early to say what is unknown', forgetAfterMs: 20_000 },
  ])('$when, is told of each, and keeps no other from being served', async ({ forgetAfterMs }) => {
    await using env = await setUp({ forgetAfterMs });
    const { clock, works, signal, sentTo, ask, isOver } = env;
    await clock.pass(10_000);
    for (const cluster of ['evil', 'good']) {
      expect(await isOver(works.create(aWork(cluster), { signal }), 100)).toBe(true);
    }
    ask('evil', madeUp(2500));
    await clock.pass(forgetAfterMs);
    expect(await isOver(works.create(aWork('good', 'another'), { signal }), 200)).toBe(true);
    ask('good', []);
    await clock.pass(200);
    expect(sentTo('good', 'spec.resync_response')).toHaveLength(2);
    await clock.pass(120_000);
    expect(deletionsFor(sentTo('evil', 'spec.resync_response'))).toEqual(new Set(madeUp(2500)));
  });

  test('has a work that is written meanwhile, and keeps it', async () => {
    await using env = await setUp();
    const { clock, works, signal, sentTo, ask, isOver } = env;
    await clock.pass(10_000);
    expect(await isOver(works.create(aWork('c1', 'first'), { signal }), 100)).toBe(true);
    const uid = workResourceId('shop', { namespace: 'c1', name: 'w' });
    ask('c1', [...madeUp(900), uid]);
    await clock.pass(100);
    expect(await isOver(works.create(aWork('c1'), { signal }), 100)).toBe(true);
    await clock.pass(60_000);
    expect(deletionsFor(sentTo('c1', 'spec.resync_response'))).toEqual(new Set(madeUp(900)));
  });
});

describe('the deletions of works that an agent still holds', () => {
  const names = Array.from({ length: 1500 }, (_, index) => `w${index}`);
  const uids = names.map((name) => workResourceId('shop', { namespace: 'c1', name }));

  test('are all sent when it asks, however many were deleted here', async () => {
    await using env = await setUp();
    const { clock, works, signal, sentTo, ask, isOver } = env;
    await clock.pass(10_000);
    const ending = names.map(async (name) => {
      const { metadata } = await works.create(aWork('c1', name), { signal });
      await works.delete(metadata, { signal });
    });
    expect(await isOver(Promise.all(ending), 120_000)).toBe(true);
    ask('c1', uids);
    await clock.pass(120_000);
    expect(deletionsFor(sentTo('c1', 'spec.resync_response'))).toEqual(new Set(uids));
  });

  test('are sent after the next subscription when the connection is lost meanwhile', async () => {
    await using env = await setUp();
    const { clock, works, signal, sentTo, ask, cut, isOver } = env;
    await clock.pass(10_000);
    expect(await isOver(works.create(aWork('c1', 'kept'), { signal }), 100)).toBe(true);
    ask('c1', uids);
    await clock.pass(500);
    const before = deletionsFor(sentTo('c1', 'spec.resync_response')).size;
    expect(before).toBeLessThan(1000);
    cut();
    await clock.pass(120_000);
    expect(deletionsFor(sentTo('c1', 'spec.resync_response'))).toEqual(new Set(uids));
  });
});

test('no other cluster ends a deleted work so late that its successor is never heard', async () => {
  await using env = await setUp();
  const { clock, works, signal, isOver } = env;
  await clock.pass(10_000);
  const ref = { namespace: 'good', name: 'w' };
  const uid = workResourceId('shop', ref);
  const write = () => isOver(works.create(aWork('good'), { signal }), 200);
  expect(await write()).toBe(true);
  expect(await isOver(works.delete(ref, { signal }), 200)).toBe(true);
  const inTenYears = new SequenceIds(() => new Date('2036-11-22T00:00:00Z'));
  env.report('evil', uid, { type: 'Deleted', sequenceId: inTenYears.next() });
  expect(await write()).toBe(true);
  env.report('good', uid, { generation: 2 });
  await clock.pass(1000);
  expect((await works.find(ref, { signal }))?.status?.conditions).toMatchObject([{ type: 'Applied' }]);
});

describe('after a restart', () => {
  const uid = workResourceId('shop', { namespace: 'good', name: 'w' });

  test('a work is that of its cluster, whoever else has said before that it holds it', async () => {
    await using env = await setUp();
    await env.clock.pass(200);
    env.report('evil', uid);
    env.report('good', uid);
    env.report('evil', uid);
    await env.clock.pass(10_000);
    expect(await env.names()).toEqual([`good/w ${uid}`]);
  });

  test('nobody else can end it', async () => {
    await using env = await setUp();
    await env.clock.pass(200);
    env.report('evil', uid);
    env.report('evil', uid, { type: 'Deleted' });
    env.report('good', uid);
    env.ask('good', [uid]);
    await env.clock.pass(20_000);
    expect(await env.names()).toEqual([`good/w ${uid}`]);
    const deletions = ['spec.delete_request', 'spec.resync_response'].flatMap((type) => env.sentTo('good', type));
    expect(deletions).toEqual([]);
  });

  test('a work whose id another has claimed can be written', async () => {
    await using env = await setUp();
    const { clock, works, signal, isOver } = env;
    await clock.pass(200);
    env.report('evil', uid);
    await clock.pass(10_000);
    expect(await isOver(works.create(aWork('good'), { signal }), 100)).toBe(true);
    expect(await env.names()).toEqual([`good/w ${uid}`]);
    expect(await works.find({ namespace: 'good', name: 'w' }, { signal })).toMatchObject({ metadata: { uid } });
  });

  test('works to which another program has given ids of its own are found as well', async () => {
    await using env = await setUp();
    await env.clock.pass(200);
    env.report('c1', 'an-id-of-its-own');
    await env.clock.pass(10_000);
    expect(await env.names()).toEqual(['c1/w an-id-of-its-own']);
  });
});
