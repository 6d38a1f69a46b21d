import { describe, expect, test } from '@jest/globals';
import { manualClock, settled } from '../../test/manual-clock.ts';
import { recordingLogger } from '../../test/recording-logger.ts';
import { recordingMetrics } from '../../test/recording-metrics.ts';
import {
  aThing,
  CANNOT_STREAM,
  scriptedResource,
  type ScriptedResource,
  type Thing,
} from '../../test/scripted-resource.ts';
import { KubeError } from '../error.ts';
import type { InformerOptions, Lane, ObjectEvent } from '../informer.ts';
import type { Page, WatchEvent } from '../resource.ts';
import { informer } from './object-informer.ts';

const GONE = new KubeError('too old resource version', { code: 'gone' });
const FORBIDDEN = new KubeError('things is forbidden', { code: 'forbidden' });
const NOT_SERVED = new KubeError('the server does not know things', { code: 'not-served' });
const UNAVAILABLE = new KubeError('connection lost', { code: 'unavailable' });

const page = (resourceVersion: string, ...items: readonly Thing[]): Page<Thing> => ({ items, resourceVersion });
const short = (event: ObjectEvent<Thing>): string => `${event.type} ${event.object.metadata.name}`;

function setUp(script: ScriptedResource, options: InformerOptions<Thing, 'color'> = {}) {
  const clock = manualClock();
  const log = recordingLogger();
  const metrics = recordingMetrics();
  const stop = new AbortController();
  const things = informer<Thing, 'color'>(script.resource, {
    clock,
    log,
    random: () => 0.5,
    indexes: { color: ({ spec }) => (spec?.color === undefined ? [] : [spec.color]) },
    metrics,
    ...options,
  });
  const events: ObjectEvent<Thing>[] = [];
  things.subscribe((event) => events.push(event));
  const running = things.run(stop.signal);
  return {
    clock,
    log,
    restarts: metrics.told,
    things,
    events,
    names: () =>
      things
        .list()
        .map(({ metadata }) => metadata.name)
        .toSorted((a, b) => a.localeCompare(b)),
    /** The events since the last call. */
    heard: () => events.splice(0).map(short),
    stop: async (): Promise<void> => {
      stop.abort();
      await running;
    },
  };
}

function noList(): readonly string[] {
  return JSON.parse('7') as readonly string[];
}

function broken(): never {
  throw new Error('broken');
}

test('a stream that falls silent before it was complete is followed by a list in pages', async () => {
  const script = scriptedResource(true, 'hang', [page('1', aThing('a', '1'))]);
  const { clock, names, stop } = setUp(script);
  await clock.advance(14_000);
  expect(names()).toEqual(['a']);
  expect(script.listCalls.map(({ limit }) => limit)).toEqual([undefined, 500]);
  await stop();
});

test('a stream that shows changes and never says that it was complete is followed by a list in pages', async () => {
  const script = scriptedResource(true, [page('1', aThing('a', '1'))]);
  const { resource } = script;
  const unending: typeof resource.watch = async function* (options) {
    if (options.initialEvents !== true) return yield* resource.watch(options);
    yield { type: 'ADDED', object: aThing('a', '1') };
    for (let version = 2; !options.signal.aborted; version += 1) {
      await clock.sleep(3000, options.signal);
      yield { type: 'MODIFIED', object: aThing('a', `${version}`) };
    }
  };
  const { clock, things, stop } = setUp({ ...script, resource: { ...resource, watch: unending } });
  await clock.advance(14_000);
  expect(things.synced).toBe(true);
  expect(script.listCalls.map(({ limit }) => limit)).toEqual([500]);
  await stop();
});

test('a stream that ends before it was complete is followed by a list in pages', async () => {
  const script = scriptedResource(true, [page('1', aThing('a', '1'))]);
  const { resource } = script;
  const cutOff: typeof resource.watch = async function* (options) {
    if (options.initialEvents === true) yield { type: 'ADDED', object: aThing('x', '1') };
    else yield* resource.watch(options);
  };
  const { clock, names, stop } = setUp({ ...script, resource: { ...resource, watch: cutOff } });
  await clock.advance(1000);
  expect(names()).toEqual(['a']);
  await stop();
});

const PROXY = new KubeError('bad request', { code: 'bad-request', status: 400 });

test('a stream that a proxy refuses is asked for again, after a back-off', async () => {
  const script = scriptedResource(true, PROXY, PROXY, [page('1', aThing('a', '1'))]);
  const { clock, names, stop } = setUp(script);
  await clock.advance(499);
  expect(script.listCalls).toHaveLength(1);
  await clock.advance(1001);
  expect(names()).toEqual(['a']);
  expect(script.listCalls.map(({ limit }) => limit)).toEqual([undefined, undefined, undefined]);
  await stop();
});

test('a server that has streamed is read in pages once when it refuses to, and then asked for a stream again', async () => {
  const script = scriptedResource(
    true,
    [page('1')],
    CANNOT_STREAM,
    [page('2', aThing('a', '2'))],
    [page('3', aThing('b', '3'))],
  );
  const { clock, names, stop } = setUp(script);
  await settled();
  script.watch().fail(GONE);
  await clock.advance(500);
  expect(names()).toEqual(['a']);
  script.watch().fail(GONE);
  await clock.advance(1000);
  expect(names()).toEqual(['b']);
  expect(script.listCalls.map(({ limit }) => limit)).toEqual([undefined, undefined, 500, undefined]);
  await stop();
});

test('who asks is told how it goes: once of each watch that works, with the error of each that fails', async () => {
  const told: (string | undefined)[] = [];
  const script = scriptedResource(true, [page('1', aThing('a', '1'))]);
  const { clock, stop } = setUp(script, {
    onHealth: (health) => told.push(health.kind === 'working' ? 'working' : (health.error as Error).message),
  });
  await settled();
  expect(told.splice(0)).toEqual(['working']);
  script.watch().fail(UNAVAILABLE);
  await clock.advance(1000);
  expect(told.splice(0)).toEqual(['connection lost']);
  script.watch().send({ type: 'BOOKMARK', resourceVersion: '2' }, { type: 'BOOKMARK', resourceVersion: '3' });
  await settled();
  expect(told.splice(0)).toEqual(['working']);
  script.watch().end();
  await settled();
  await clock.advance(6000);
  script.watch().end();
  await settled();
  expect(told.splice(0)).toEqual(['working']);
  script.watch().fail(GONE);
  await clock.advance(1000);
  expect(told.splice(0)).toEqual(['working']);
  await stop();
});

async function* busyStream(): AsyncGenerator<WatchEvent<Thing>> {
  yield { type: 'ADDED', object: aThing('a', '1') };
  yield { type: 'ADDED', object: aThing('b', '2') };
  yield { type: 'MODIFIED', object: aThing('a', '3') };
  yield { type: 'DELETED', object: aThing('b', '4') };
  yield { type: 'BOOKMARK', resourceVersion: '4' };
  yield { type: 'BOOKMARK', resourceVersion: '5', initialEventsEnd: true };
  await new Promise(() => {});
}

test('objects that change and go while they are being streamed', async () => {
  const script = scriptedResource(true, [page('1')]);
  const { resource } = script;
  const { things, heard } = setUp({ ...script, resource: { ...resource, watch: busyStream } });
  await settled();
  expect(things.synced).toBe(true);
  expect(things.list().map(({ metadata }) => metadata.resourceVersion)).toEqual(['3']);
  expect(heard()).toEqual(['added a', 'added b', 'updated a', 'deleted b']);
});

describe.each([
  { how: 'streamed', streams: true },
  { how: 'in pages', streams: false },
])('first reads $how', ({ streams }) => {
  describe('the first list', () => {
    test('comes in pages; objects are initial, frozen and without managedFields', async () => {
      const script = scriptedResource(streams, [
        page('7', aThing('a', '5'), aThing('b', '6')),
        page('7', aThing('c', '7')),
      ]);
      const { things, events, names, stop } = setUp(script, { labelSelector: 'x', pageSize: 2 });
      expect(things.synced).toBe(false);
      await things.waitForSync(new AbortController().signal);
      expect(things.synced).toBe(true);
      expect(names()).toEqual(['a', 'b', 'c']);
      expect(script.listCalls).toEqual([
        expect.objectContaining({ labelSelector: 'x', ...(streams ? {} : { limit: 2 }) }),
      ]);
      expect(events.map((event) => event.type === 'added' && event.initial)).toEqual([true, true, true]);
      const a = things.get('a');
      expect(a).toEqual({ metadata: { name: 'a', uid: 'uid-a', resourceVersion: '5' }, spec: { color: 'red' } });
      expect(Object.isFrozen(a) && Object.isFrozen(a?.metadata) && Object.isFrozen(a?.spec)).toBe(true);
      await stop();
    });

    test('is asked for again when it fails or hangs', async () => {
      const script = scriptedResource(streams, UNAVAILABLE, 'hang', [page('1', aThing('a', '1'))]);
      const { things, clock, names, stop } = setUp(script, { silenceMs: 90_000 });
      await clock.advance(500);
      expect(script.listCalls).toHaveLength(2);
      await clock.advance(120_000 + 1000);
      expect(things.synced).toBe(true);
      expect(names()).toEqual(['a']);
      await stop();
    });

    test('waitForSync returns early when its signal fires', async () => {
      const { things, stop } = setUp(scriptedResource(streams, 'hang'));
      await things.waitForSync(AbortSignal.abort());
      const waiting = new AbortController();
      const waited = things.waitForSync(waiting.signal);
      waiting.abort();
      await waited;
      expect(things.synced).toBe(false);
      await stop();
    });
  });

  describe('the watch', () => {
    test('keeps the cache, its indexes and its subscribers up to date', async () => {
      const script = scriptedResource(streams, [page('10', aThing('a', '5'), aThing('b', '6'))]);
      const { things, events, heard, stop } = setUp(script);
      await settled();
      heard();
      script
        .watch()
        .send(
          { type: 'ADDED', object: aThing('c', '11', { color: 'blue' }) },
          { type: 'MODIFIED', object: aThing('a', '12', { color: 'blue' }) },
          { type: 'DELETED', object: aThing('b', '13') },
          { type: 'DELETED', object: aThing('never seen', '14') },
        );
      await settled();
      expect(events).toEqual([
        { type: 'added', object: things.get('c'), initial: false },
        {
          type: 'updated',
          object: things.get('a'),
          previous: expect.objectContaining({ metadata: expect.objectContaining({ resourceVersion: '5' }) }),
        },
        {
          type: 'deleted',
          object: expect.objectContaining({ metadata: expect.objectContaining({ name: 'b', resourceVersion: '13' }) }),
        },
      ]);
      expect(things.by('color', 'red')).toEqual([]);
      expect(things.by('color', 'blue')).toEqual([things.get('c'), things.get('a')]);
      expect(things.size).toBe(2);
      await stop();
    });

    test('asks for 5 to 10 minutes', async () => {
      const script = scriptedResource(streams, [page('1')]);
      const { stop } = setUp(script);
      await settled();
      expect(script.watch().timeoutSeconds).toBe(450);
      await stop();
    });

    test.each([
      { how: 'ends', break: (script: ScriptedResource) => script.watch().end(), reason: 'ended', waitMs: 0 },
      {
        how: 'breaks',
        break: (script: ScriptedResource) => script.watch().fail(UNAVAILABLE),
        reason: 'error',
        waitMs: 500,
      },
    ])('that $how resumes where it was, without a list', async ({ break: breakWatch, reason, waitMs }) => {
      const script = scriptedResource(streams, [page('10', aThing('a', '5'))]);
      const { clock, restarts, heard, stop } = setUp(script);
      await settled();
      expect(script.watch().resourceVersion).toBe('10');
      script.watch().send({ type: 'MODIFIED', object: aThing('a', '11') });
      await settled();
      breakWatch(script);
      await clock.advance(waitMs);
      expect(script.watches.map(({ resourceVersion }) => resourceVersion)).toEqual(['10', '11']);
      script.watch().send({ type: 'BOOKMARK', resourceVersion: '20' });
      await settled();
      breakWatch(script);
      await clock.advance(waitMs);
      expect(script.watches.map(({ resourceVersion }) => resourceVersion)).toEqual(['10', '11', '20']);
      expect(script.listCalls).toHaveLength(1);
      expect(restarts).toEqual([`restart things.test.io ${reason}`, `restart things.test.io ${reason}`]);
      expect(heard()).toEqual(['added a', 'updated a']);
      await stop();
    });

    test('that ends at once again and again is backed off from', async () => {
      const script = scriptedResource(streams, [page('10')]);
      const { clock, stop } = setUp(script);
      for (const waitMs of [500, 1000, 2000]) {
        await settled();
        const count = script.watches.length;
        script.watch().end();
        await clock.advance(waitMs - 1);
        expect(script.watches).toHaveLength(count);
        await clock.advance(1);
        expect(script.watches).toHaveLength(count + 1);
      }
      await stop();
    });

    test('that is silent for too long is opened anew; a bookmark is a sign of life', async () => {
      const script = scriptedResource(streams, [page('10')]);
      const { clock, restarts, stop } = setUp(script, { silenceMs: 90_000 });
      await settled();
      const first = script.watch();
      await clock.advance(60_000);
      first.send({ type: 'BOOKMARK', resourceVersion: '15' });
      await clock.advance(89_000);
      expect(script.watch()).toBe(first);
      await clock.advance(31_000);
      expect(first.isOpen).toBe(false);
      expect(script.watch().resourceVersion).toBe('15');
      expect(script.watches).toHaveLength(2);
      expect(restarts).toEqual(['restart things.test.io silent']);
      expect(script.listCalls).toHaveLength(1);
      await stop();
    });

    test('honours Retry-After', async () => {
      const script = scriptedResource(streams, [page('10')]);
      const { clock, stop } = setUp(script);
      await settled();
      script.watch().fail(new KubeError('slow down', { code: 'throttled', retryAfterMs: 7000 }));
      await clock.advance(6999);
      expect(script.watches).toHaveLength(1);
      await clock.advance(1);
      expect(script.watches).toHaveLength(2);
      await stop();
    });
  });

  describe('410 Gone', () => {
    test('leads to a list whose difference to the cache is published, and nothing else', async () => {
      const script = scriptedResource(
        streams,
        [page('10', aThing('same', '1'), aThing('changed', '2'), aThing('gone', '3'), aThing('reborn', '4'))],
        [
          page(
            '20',
            aThing('same', '1'),
            aThing('changed', '12'),
            aThing('new', '13'),
            aThing('reborn', '14', { uid: 'u2' }),
          ),
        ],
      );
      const { clock, things, events, heard, restarts, stop } = setUp(script);
      await settled();
      const same = things.get('same');
      heard();
      script.watch().fail(GONE);
      await clock.advance(500);
      expect(events.find(({ type }) => type === 'added')).toMatchObject({ initial: true });
      expect(heard()).toEqual(['updated changed', 'added new', 'deleted reborn', 'added reborn', 'deleted gone']);
      expect(things.get('same')).toBe(same);
      expect(script.watch().resourceVersion).toBe('20');
      expect(restarts).toEqual(['restart things.test.io expired']);
      await stop();
    });

    test('again and again is answered with back-off that doubles, has jitter and ends at 30 s', async () => {
      const script = scriptedResource(streams, [page('10')]);
      let dice = 0.5;
      const { clock, stop } = setUp(script, { random: () => dice });
      for (const waitMs of [500, 1000, 2000, 4000, 8000, 15_000, 15_000]) {
        await settled();
        const lists = script.listCalls.length;
        script.watch().fail(GONE);
        await clock.advance(waitMs - 1);
        expect(script.listCalls).toHaveLength(lists);
        await clock.advance(1);
        expect(script.listCalls).toHaveLength(lists + 1);
      }
      dice = 1 / 30;
      script.watch().fail(GONE);
      await clock.advance(1000);
      expect(script.listCalls).toHaveLength(9);
      await stop();
    });

    test('after an outage is answered soon: the server is back', async () => {
      const script = scriptedResource(streams, [page('10')]);
      const { clock, stop } = setUp(script);
      await settled();
      for (let outage = 0; outage < 6; outage += 1) {
        script.watch().fail(UNAVAILABLE);
        await clock.advance(15_000);
      }
      const lists = script.listCalls.length;
      script.watch().fail(GONE);
      await clock.advance(500);
      expect(script.listCalls).toHaveLength(lists + 1);
      await stop();
    });

    test.each([
      { code: 'bad-request', status: 400, reason: 'BadRequest' },
      { code: 'invalid', status: 422, reason: 'Invalid' },
    ] as const)('has a twin: a position that is refused as $code', async (refusal) => {
      const script = scriptedResource(streams, [page('abc')], [page('20', aThing('a', '1'))]);
      const { clock, names, log, stop } = setUp(script);
      await settled();
      script.watch().fail(new KubeError('strconv.ParseUint: parsing "abc"', refusal));
      await clock.advance(500);
      expect(names()).toEqual(['a']);
      expect(script.watches.map(({ resourceVersion }) => resourceVersion)).toEqual(['abc', '20']);
      expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
      await stop();
    });

    test.each([
      { what: 'a 408', details: { status: 408 } },
      { what: 'a 431', details: { status: 431 } },
      { what: 'a 405', details: { status: 405, reason: 'MethodNotAllowed' } },
      { what: 'a 400 of a proxy', details: { status: 400 } },
      { what: 'what was not sent at all', details: {} },
    ])('has no twin in $what: the watch resumes where it was, after a back-off', async ({ details }) => {
      const script = scriptedResource(streams, [page('10', aThing('a', '1'))]);
      const { clock, stop } = setUp(script);
      await settled();
      script.watch().fail(new KubeError('not now', { code: 'bad-request', ...details }));
      await clock.advance(499);
      expect(script.watches).toHaveLength(1);
      await clock.advance(1);
      expect(script.watches.map(({ resourceVersion }) => resourceVersion)).toEqual(['10', '10']);
      expect(script.listCalls).toHaveLength(1);
      await stop();
    });

    test('in the middle of a list starts the list anew', async () => {
      const script = scriptedResource(streams, GONE, [page('10', aThing('a', '1'))]);
      const { clock, names, stop } = setUp(script);
      await clock.advance(500);
      expect(names()).toEqual(['a']);
      await stop();
    });

    test('is assumed when a bookmark lies behind: the store was restored from a backup', async () => {
      const script = scriptedResource(streams, [page('1000')], [page('99', aThing('a', '98'))]);
      const { clock, names, stop } = setUp(script);
      await settled();
      script.watch().send({ type: 'BOOKMARK', resourceVersion: '99' });
      await clock.advance(500);
      expect(names()).toEqual(['a']);
      expect(script.watch().resourceVersion).toBe('99');
      await stop();
    });
  });

  describe('trouble in the log', () => {
    test('an API that is not served is looked for with back-off, and one line says what to do', async () => {
      const script = scriptedResource(streams, NOT_SERVED);
      const { clock, log, things, stop } = setUp(script);
      await clock.advance(120_000);
      const tries = script.listCalls.length;
      expect(tries).toBeGreaterThan(5);
      expect(tries).toBeLessThan(20);
      const warnings = log.lines.filter(({ level }) => level === 'warn');
      expect(warnings).toEqual([
        {
          level: 'warn',
          fields: { resource: 'things.test.io' },
          message: 'API not served: install the CRD; will keep looking',
        },
      ]);
      script.lists.push([page('1', aThing('a', '1'))]);
      await clock.advance(30_000);
      expect(things.size).toBe(1);
      await stop();
    });

    test('a cause is told once, a new cause again, and the recovery', async () => {
      const script = scriptedResource(streams, FORBIDDEN, FORBIDDEN, FORBIDDEN, UNAVAILABLE, UNAVAILABLE, [page('1')]);
      const { clock, log, stop } = setUp(script);
      await clock.advance(60_000);
      const told = log.lines.filter(({ level }) => level !== 'debug').map(({ level, fields }) => [level, fields]);
      expect(told).toEqual([
        ['warn', { resource: 'things.test.io', error: FORBIDDEN }],
        ['warn', { resource: 'things.test.io', error: UNAVAILABLE }],
        ['info', { resource: 'things.test.io' }],
      ]);
      await stop();
    });

    test('attempts that hang before they fail are one outage: one line, and back-off', async () => {
      const script = scriptedResource(streams, [page('1')]);
      const { clock, log, stop } = setUp(script);
      await settled();
      for (const waitMs of [500, 1000, 2000]) {
        const count = script.watches.length;
        await clock.advance(10_000);
        script.watch().fail(UNAVAILABLE);
        await clock.advance(waitMs - 1);
        expect(script.watches).toHaveLength(count);
        await clock.advance(1);
        expect(script.watches).toHaveLength(count + 1);
      }
      expect(log.lines.filter(({ level }) => level !== 'debug')).toHaveLength(1);
      await stop();
    });

    test('a handler that throws is logged, the others still hear the event', async () => {
      const script = scriptedResource(streams, [page('1')]);
      const { things, log, heard, stop } = setUp(script);
      things.subscribe(() => {
        throw new Error('broken handler');
      });
      const late: string[] = [];
      things.subscribe((event) => late.push(short(event)));
      await settled();
      script.watch().send({ type: 'ADDED', object: aThing('a', '2') });
      script.watch().send({ type: 'ADDED', object: aThing('b', '3') });
      await settled();
      expect(heard()).toEqual(['added a', 'added b']);
      expect(late).toEqual(['added a', 'added b']);
      expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([
        { fields: { resource: 'things.test.io', key: 'a', event: 'added' } },
        { fields: { key: 'b' } },
      ]);
      await stop();
    });

    test('an index, a filter or a transform that throws costs the object nothing else', async () => {
      const script = scriptedResource(streams, [page('1', aThing('a', '1'))]);
      const { log, names, stop } = setUp(script, { indexes: { color: broken }, keep: broken, transform: broken });
      await settled();
      expect(names()).toEqual(['a']);
      expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(3);
      await stop();
    });
  });

  test('an object that cannot be taken in is named and left out, and what follows it comes', async () => {
    const odd = aThing('odd', '2', { color: 'odd' });
    const script = scriptedResource(streams, [page('10', aThing('a', '1'), odd, aThing('b', '3'))]);
    const { things, clock, log, stop } = setUp(script, {
      indexes: { color: ({ spec }) => (spec?.color === 'odd' ? noList() : ['any']) },
    });
    await settled();
    expect(things.synced).toBe(true);
    script.watch().send({ type: 'MODIFIED', object: aThing('odd', '11', { color: 'odd' }) });
    script.watch().send({ type: 'ADDED', object: aThing('c', '12') });
    await clock.advance(60_000);
    expect(things.by('color', 'any').map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    expect([script.listCalls.length, script.watches.length]).toEqual([1, 1]);
    expect(log.lines.filter(({ level }) => level !== 'debug')).toMatchObject([
      { level: 'error', fields: { resource: 'things.test.io', key: 'odd' }, message: /left out/ },
      { level: 'error', fields: { resource: 'things.test.io', key: 'odd' }, message: /left out/ },
    ]);
    await stop();
  });

  describe('what is kept', () => {
    test('keep decides; whoever leaves the kept set is deleted, in a watch and in a list', async () => {
      const script = scriptedResource(
        streams,
        [page('10', aThing('a', '1'), aThing('b', '2'), aThing('c', '3', { color: 'blue' }))],
        [page('20', aThing('a', '1'), aThing('b', '12', { color: 'blue' }), aThing('c', '13'))],
      );
      const { clock, heard, names, stop } = setUp(script, { keep: ({ spec }) => spec?.color === 'red' });
      await settled();
      expect(heard()).toEqual(['added a', 'added b']);
      script.watch().fail(GONE);
      await clock.advance(500);
      expect(heard()).toEqual(['deleted b', 'added c']);
      script
        .watch()
        .send(
          { type: 'MODIFIED', object: aThing('a', '21', { color: 'blue' }) },
          { type: 'MODIFIED', object: aThing('a', '22', { color: 'green' }) },
          { type: 'MODIFIED', object: aThing('b', '23') },
        );
      await settled();
      expect(heard()).toEqual(['deleted a', 'added b']);
      expect(names()).toEqual(['b', 'c']);
      await stop();
    });

    test('transform reduces what is held, also in deletions', async () => {
      const script = scriptedResource(streams, [page('10', aThing('a', '1'))]);
      const { things, events, stop } = setUp(script, { transform: ({ metadata }) => ({ metadata }) });
      await settled();
      expect(things.get('a')).toEqual({ metadata: { name: 'a', uid: 'uid-a', resourceVersion: '1' } });
      script.watch().send({ type: 'DELETED', object: aThing('a', '2') });
      await settled();
      expect(events.at(-1)).toEqual({
        type: 'deleted',
        object: { metadata: { name: 'a', uid: 'uid-a', resourceVersion: '2' } },
      });
      await stop();
    });
  });

  describe('lanes and subscribers', () => {
    test('lists and resyncs feed the bulk lane, changes the live lane', async () => {
      const script = scriptedResource(streams, [page('10', aThing('a', '1'))]);
      const { things, clock, stop } = setUp(script, { resyncMs: 60_000 });
      const keys: [string, Lane, boolean][] = [];
      things
        .events(
          ({ object, type }) => (type === 'resync' ? [`${object.metadata.name}!`, 'all'] : object.metadata.name),
          {
            resetBackoff: ({ type }) => type === 'updated',
          },
        )
        .start((key, { lane, resetBackoff }) => keys.push([key, lane, resetBackoff]));
      await settled();
      script.watch().send({ type: 'MODIFIED', object: aThing('a', '11') });
      await settled();
      await clock.advance(60_000);
      expect(keys).toEqual([
        ['a', 'bulk', false],
        ['a', 'live', true],
        ['a!', 'bulk', false],
        ['all', 'bulk', false],
      ]);
      await stop();
    });

    test('who subscribes late is told of every object as initial, and of nothing after leaving', async () => {
      const script = scriptedResource(streams, [page('10', aThing('a', '1'))]);
      const { things, stop } = setUp(script);
      await settled();
      const heard: ObjectEvent<Thing>[] = [];
      const leave = things.subscribe((event) => heard.push(event));
      expect(heard).toEqual([{ type: 'added', object: things.get('a'), initial: true }]);
      leave();
      script.watch().send({ type: 'DELETED', object: aThing('a', '11') });
      await settled();
      expect(heard).toHaveLength(1);
      await stop();
    });

    test('several runs share one watch, which ends with the last; a run after that lists anew', async () => {
      const script = scriptedResource(streams, [page('10', aThing('a', '1'))], [page('20', aThing('b', '11'))]);
      const { things, names, stop } = setUp(script);
      const second = new AbortController();
      const running = things.run(second.signal);
      await settled();
      await stop();
      expect(things.synced).toBe(true);
      script.watch().send({ type: 'ADDED', object: aThing('c', '11') });
      await settled();
      expect(names()).toEqual(['a', 'c']);
      const watch = script.watch();
      second.abort();
      await running;
      expect(watch.isOpen).toBe(false);
      expect(things.synced).toBe(false);
      expect(script.listCalls).toHaveLength(1);
      const third = new AbortController();
      const again = things.run(third.signal);
      await things.waitForSync(third.signal);
      expect(names()).toEqual(['b']);
      third.abort();
      await again;
    });

    test('what was written here is there at once, and what the watch shows of the time before is left out', async () => {
      const script = scriptedResource(streams, [page('10', aThing('a', '1'))]);
      const { things, heard, names, stop } = setUp(script);
      await settled();
      heard();
      things.learn(aThing('a', '14', { color: 'blue' }));
      expect([things.by('color', 'blue').length, heard()]).toEqual([1, ['updated a']]);
      script.watch().send({ type: 'MODIFIED', object: aThing('a', '12', { color: 'green' }) });
      script.watch().send({ type: 'MODIFIED', object: aThing('a', '14', { color: 'blue' }) });
      await settled();
      expect([things.by('color', 'blue').length, heard()]).toEqual([1, []]);
      script.watch().send({ type: 'MODIFIED', object: aThing('a', '15', { color: 'green' }) });
      await settled();
      things.learn(aThing('a', '14', { color: 'blue' }));
      expect([things.by('color', 'green').length, heard()]).toEqual([1, ['updated a']]);
      await stop();
      expect(names()).toEqual(['a']);
    });

    test('what was deleted here is gone at once, and stays away', async () => {
      const script = scriptedResource(streams, [page('10', aThing('a', '1'))]);
      const { things, heard, names, stop } = setUp(script);
      await settled();
      heard();
      things.learnDeleted(aThing('a', '1'));
      things.learnDeleted(aThing('b', '1'));
      script.watch().send({ type: 'MODIFIED', object: aThing('a', '12') });
      script.watch().send({ type: 'DELETED', object: aThing('a', '13') });
      await settled();
      expect([names(), heard()]).toEqual([[], ['deleted a']]);
      script.watch().send({ type: 'ADDED', object: aThing('a', '14', { uid: 'another' }) });
      await settled();
      expect(names()).toEqual(['a']);
      await stop();
    });

    test('nothing is left behind after the stop', async () => {
      const { clock, stop } = setUp(scriptedResource(streams, [page('1')]), { resyncMs: 1000 });
      await settled();
      expect(clock.timers).toBeGreaterThan(0);
      await stop();
      expect(clock.timers).toBe(0);
    });
  });
});

test('describe names the kind and the selection', () => {
  const { resource } = scriptedResource(true);
  expect(informer(resource).describe).toBe('things.test.io');
  expect(informer(resource, { namespace: 'n', labelSelector: 'a=b' }).describe).toBe(
    'things.test.io (namespace n, labels a=b)',
  );
});
