import { describe, expect, test } from '@jest/globals';
import { type Overload, Subscriber } from './subscriber.ts';

/** A stream whose messages are on their way until told otherwise. */
function setUp() {
  let nowMs = 0;
  const written: string[] = [];
  const waiting: (() => void)[] = [];
  const overloads: Overload[] = [];
  const waited = { bytes: 0 };
  const sent: (readonly [number, boolean])[] = [];
  const subscriber = new Subscriber({
    audience: { kind: 'cluster', clusterName: 'c1' },
    dataType: 'a.b.c',
    write(bytes, done) {
      written.push(Buffer.from(bytes).toString());
      waiting.push(done);
    },
    onSent: (bytes, isEvent) => sent.push([bytes, isEvent]),
    onWaiting: (bytes) => (waited.bytes += bytes),
    onOverload: (why) => overloads.push(why),
    now: () => new Date(nowMs),
  });
  const offer = (resourceId: string, text: string | Uint8Array): void =>
    subscriber.offer({ resourceId, bytes: Buffer.from(text) });
  return {
    subscriber,
    written,
    overloads,
    waited,
    sent,
    offer,
    take: () => waiting.shift()?.(),
    pass: (ms: number) => (nowMs += ms),
  };
}

const beat = Buffer.from('beat');

describe('a stream', () => {
  test('has one message on its way, and then the newest of each resource', () => {
    const { offer, written, take, sent, waited } = setUp();
    for (const [id, text] of [
      ['a', 'a1'],
      ['b', 'b1'],
      ['b', 'b2'],
      ['a', 'a2'],
    ] as const) {
      offer(id, text);
    }
    expect(written).toEqual(['a1']);
    expect(waited.bytes).toBe(6);
    for (let message = 0; message < 4; message += 1) take();
    expect(written).toEqual(['a1', 'b2', 'a2']);
    expect(sent).toEqual([
      [2, true],
      [2, true],
      [2, true],
    ]);
    expect(waited.bytes).toBe(0);
  });

  test('that ends holds nothing, whatever becomes of the message on its way', () => {
    const { subscriber, offer, take, waited } = setUp();
    offer('a', 'a1');
    offer('b', 'b1');
    expect([subscriber.waitingBytes, waited.bytes]).toEqual([4, 4]);
    subscriber.end();
    expect([subscriber.waitingBytes, waited.bytes]).toEqual([0, 0]);
    take();
    expect([subscriber.waitingBytes, waited.bytes]).toEqual([0, 0]);
  });

  test('sends heartbeats before what waits, and never two at once', () => {
    const { subscriber, offer, written, take, sent } = setUp();
    offer('a', 'a1');
    offer('b', 'b1');
    subscriber.beat(beat);
    subscriber.beat(beat);
    for (let message = 0; message < 4; message += 1) take();
    expect(written).toEqual(['a1', 'beat', 'b1']);
    expect(sent.map(([, isEvent]) => isEvent)).toEqual([true, false, true]);
  });

  test.each<[string, (add: ReturnType<typeof setUp>['offer']) => void]>([
    ['too many resources', (add) => Array.from({ length: 10_002 }, (_, index) => add(`r${index}`, 'x'))],
    ['too many bytes', (add) => Array.from({ length: 18 }, (_, index) => add(`r${index}`, Buffer.alloc(1024 * 1024)))],
  ])('with %s waiting is given up, once, and holds nothing any more', (_what, flood) => {
    const { subscriber, offer, overloads, written, take, waited } = setUp();
    flood(offer);
    expect(waited.bytes).toBe(0);
    expect(overloads).toEqual(['queue is full']);
    expect(subscriber.waitingBytes).toBe(0);
    take();
    offer('late', 'late');
    subscriber.beat(beat);
    expect(written).toHaveLength(1);
  });

  test('any number of states of few resources is no reason to give up', () => {
    const { offer, overloads, subscriber } = setUp();
    for (let version = 0; version < 50_000; version += 1) offer(`r${version % 10}`, `v${version}`);
    expect(overloads).toEqual([]);
    expect(subscriber.waitingBytes).toBeLessThan(100);
  });

  test('that takes no message for two minutes is given up, with heartbeats or without', () => {
    for (const heartbeat of [beat, undefined]) {
      const { subscriber, offer, overloads, pass } = setUp();
      offer('a', 'a1');
      pass(119_000);
      subscriber.beat(heartbeat);
      expect(overloads).toEqual([]);
      pass(2000);
      subscriber.beat(heartbeat);
      expect(overloads).toEqual(['does not read']);
    }
  });

  test('that has nothing to send may be idle for ever', () => {
    const { subscriber, overloads, pass } = setUp();
    pass(10_000_000);
    subscriber.beat(undefined);
    expect(overloads).toEqual([]);
  });
});

const settled = async (promise: Promise<void>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<false>((resolve) => setImmediate(() => resolve(false)))]);

function fill(offer: ReturnType<typeof setUp>['offer']): void {
  for (let index = 0; index < 66; index += 1) offer(`r${index}`, 'x');
}

describe('room for the answers to a resync', () => {
  test('is there when little waits', async () => {
    const { subscriber, offer, take } = setUp();
    expect(await settled(subscriber.room())).toBe(true);
    fill(offer);
    const room = subscriber.room();
    expect([await settled(room), subscriber.isReady]).toEqual([false, false]);
    take();
    take();
    expect([await settled(room), subscriber.isReady]).toEqual([true, true]);
  });

  test('is not waited for when the stream has ended', async () => {
    const { subscriber, offer } = setUp();
    fill(offer);
    const room = subscriber.room();
    subscriber.end();
    expect(await settled(room)).toBe(true);
  });

  test('is not waited for again on a stream that was left behind, until it has caught up', async () => {
    const { subscriber, offer, take } = setUp();
    fill(offer);
    const room = subscriber.room();
    subscriber.leaveBehind();
    expect([await settled(room), await settled(subscriber.room()), subscriber.isReady]).toEqual([true, true, true]);
    take();
    take();
    fill(offer);
    expect(await settled(subscriber.room())).toBe(false);
  });
});
