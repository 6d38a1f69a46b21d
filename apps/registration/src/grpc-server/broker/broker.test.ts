import { describe, expect, test } from '@jest/globals';
import { type CloudEvent, dataTypes, extensions, formatDataType, stringAttribute } from '@ocm/cloudevents';
import { silentLogger, systemClock } from '@ocm/kube';
import { Broker } from './broker.ts';
import { type Audience, type Overload, Subscriber } from './subscriber.ts';

const BUNDLES = formatDataType(dataTypes.bundle);
const cluster = (clusterName: string): Audience => ({ kind: 'cluster', clusterName });

function anEvent(
  clusterName: string,
  over: { type?: string; resourceId?: string; data?: Uint8Array } = {},
): CloudEvent {
  const { type = `${BUNDLES}.spec.update_request`, resourceId = 'r', data } = over;
  return {
    id: 'e',
    source: 'kube',
    type,
    extensions: new Map([
      [extensions.clusterName, stringAttribute(clusterName)],
      [extensions.resourceId, stringAttribute(resourceId)],
    ]),
    data,
  };
}

function setUp() {
  const stopping = new AbortController();
  const errors: object[] = [];
  const broker = new Broker({
    heartbeatMs: undefined,
    clock: systemClock,
    log: { ...silentLogger, error: (fields) => errors.push(fields) },
    newId: () => 'h',
    signal: stopping.signal,
  });
  /** A stream that takes one message and no more. */
  const subscribe = (audience: Audience, dataType = BUNDLES) => {
    const stream = { written: [] as Uint8Array[], overloads: [] as Overload[] };
    const subscriber = new Subscriber({
      audience,
      dataType,
      write: (bytes) => stream.written.push(bytes),
      onSent: () => undefined,
      onWaiting: (bytes) => broker.countWaiting(bytes),
      onOverload: (why) => stream.overloads.push(why),
      now: () => new Date(),
    });
    broker.add(subscriber);
    return { ...stream, subscriber };
  };
  return { broker, subscribe, errors, [Symbol.dispose]: () => stopping.abort() };
}

describe('the broker', () => {
  test('brings an event to the streams of its cluster and data type, encoded once', () => {
    using env = setUp();
    const { broker, subscribe } = env;
    const [one, two] = [subscribe(cluster('c1')), subscribe(cluster('c1'))];
    const others = [
      subscribe(cluster('c2')),
      subscribe(cluster('c1'), formatDataType(dataTypes.lease)),
      subscribe({ kind: 'source', source: 'c1' }),
    ];
    broker.push(anEvent('c1'));
    expect([one, two, ...others].map(({ written }) => written.length)).toEqual([1, 1, 0, 0, 0]);
    expect(one.written[0]).toBe(two.written[0]);
    broker.pushToSource('c1', anEvent('c9'));
    expect(others.map(({ written }) => written.length)).toEqual([0, 0, 1]);
  });

  test('knows who is waited for', () => {
    using env = setUp();
    const { broker, subscribe } = env;
    const isAwaited = (): boolean => broker.isAwaited(cluster('c1'), dataTypes.bundle);
    expect(isAwaited()).toBe(false);
    const { subscriber } = subscribe(cluster('c1'));
    expect(isAwaited()).toBe(true);
    broker.delete(subscriber);
    expect(isAwaited()).toBe(false);
  });

  test('knows whether a stream of an audience has to be waited for', () => {
    using env = setUp();
    const { broker, subscribe } = env;
    const hasRoom = (name: string): boolean => broker.hasRoom(cluster(name), dataTypes.bundle);
    const { subscriber } = subscribe(cluster('c1'));
    subscribe(cluster('c2'));
    for (let index = 0; index < 65; index += 1) broker.push(anEvent('c1', { resourceId: `r${index}` }));
    expect(['c1', 'c2', 'nobody'].map(hasRoom)).toEqual([false, true, true]);
    subscriber.leaveBehind();
    expect(hasRoom('c1')).toBe(true);
  });

  test.each([
    ['a type that is none', anEvent('c1', { type: 'x' })],
    ['no cluster', { ...anEvent('c1'), extensions: new Map() }],
    ['more bytes than clients take', anEvent('c1', { data: Buffer.alloc(4 * 1024 * 1024) })],
  ])('passes over an event with %s, and says so', (_what, event) => {
    using env = setUp();
    const stream = env.subscribe(cluster('c1'));
    env.broker.push(event);
    env.broker.push(anEvent('c1'));
    expect(stream.written).toHaveLength(1);
    expect(env.errors).toHaveLength(1);
  });

  test('when too much waits for all together, those with most give up', () => {
    using env = setUp();
    const { broker, subscribe } = env;
    const data = Buffer.alloc(3 * 1024 * 1024);
    const small = subscribe(cluster('small'));
    for (const resourceId of ['a', 'b']) broker.push(anEvent('small', { resourceId }));
    const big = Array.from({ length: 20 }, (_, index) => {
      const stream = subscribe(cluster(`big${index}`));
      for (const resourceId of ['a', 'b', 'c', 'd', 'e', 'f'])
        broker.push(anEvent(`big${index}`, { resourceId, data }));
      return stream;
    });
    const given = big.filter(({ overloads }) => overloads.length > 0).length;
    // 20 times 18 MiB wait, or are on their way; 256 MiB may.
    expect(given).toBeGreaterThanOrEqual(6);
    expect(given).toBeLessThan(9);
    expect(small.overloads).toEqual([]);
  });

  test('what is on its way to streams that take nothing counts, too', () => {
    using env = setUp();
    const { broker, subscribe } = env;
    const streams = Array.from({ length: 100 }, () => subscribe(cluster('c1')));
    broker.push(anEvent('c1', { data: Buffer.alloc(3 * 1024 * 1024) }));
    // 300 MiB in copies of one event: nothing waits behind them.
    const given = streams.filter(({ overloads }) => overloads.length > 0).length;
    expect(given).toBeGreaterThanOrEqual(14);
    expect(given).toBeLessThan(20);
  });

  test('a cluster has 256 streams of a data type at most', () => {
    using env = setUp();
    const { broker, subscribe } = env;
    const isCrowded = (): boolean => broker.isCrowded(cluster('c1'), dataTypes.bundle);
    const streams = Array.from({ length: 256 }, () => {
      expect(isCrowded()).toBe(false);
      return subscribe(cluster('c1'));
    });
    expect(isCrowded()).toBe(true);
    expect(broker.isCrowded(cluster('c2'), dataTypes.bundle)).toBe(false);
    for (const { subscriber } of streams.slice(1)) broker.delete(subscriber);
    expect(isCrowded()).toBe(false);
  });
});
