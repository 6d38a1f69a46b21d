import { describe, expect, test } from '@jest/globals';
import { manualClock, settled } from '../../test/manual-clock.ts';
import { type GateOptions, RequestGate, type RequestLane } from './request-gate.ts';

const { signal } = new AbortController();

function setUp(options: Partial<GateOptions> = {}): {
  clock: ReturnType<typeof manualClock>;
  gate: RequestGate;
  /** Names of requests in the order in which they were let out. */
  out: string[];
  ask: (lane: RequestLane, name: string) => Promise<() => void>;
} {
  const clock = manualClock();
  const gate = new RequestGate({ clock, inFlight: 2, priorityReserve: 1, ...options });
  const out: string[] = [];
  const ask = async (lane: RequestLane, name: string): Promise<() => void> => {
    const leave = await gate.enter(lane, signal);
    out.push(name);
    return leave;
  };
  return { clock, gate, out, ask };
}

describe('requests at once', () => {
  test('so many are let out, the others when one has ended, in order', async () => {
    const { out, ask } = setUp();
    const [first] = await Promise.all([ask('normal', 'a'), ask('normal', 'b')]);
    void ask('normal', 'c');
    void ask('normal', 'd');
    await settled();
    expect(out).toEqual(['a', 'b']);
    first?.();
    await settled();
    expect(out).toEqual(['a', 'b', 'c']);
  });

  test('priority has some places of its own and goes first', async () => {
    const { out, ask } = setUp();
    const [first] = await Promise.all([ask('normal', 'a'), ask('normal', 'b')]);
    void ask('normal', 'c');
    await ask('priority', 'lease 1');
    void ask('priority', 'lease 2');
    await settled();
    expect(out).toEqual(['a', 'b', 'lease 1']);
    first?.();
    await settled();
    expect(out).toEqual(['a', 'b', 'lease 1', 'lease 2']);
  });

  test('who gives up leaves the queue', async () => {
    const { gate, out, ask } = setUp({ inFlight: 1 });
    const leave = await ask('normal', 'a');
    const stop = new AbortController();
    const waiting = gate.enter('normal', stop.signal);
    void ask('normal', 'c');
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toBe(stop.signal.reason);
    await expect(gate.enter('normal', stop.signal)).rejects.toBe(stop.signal.reason);
    leave();
    await settled();
    expect(out).toEqual(['a', 'c']);
  });
});

describe('a pause', () => {
  test('holds the normal lane back and lets priority pass', async () => {
    const { clock, gate, out, ask } = setUp();
    gate.pause(3000);
    gate.pause(1000);
    void ask('normal', 'a');
    await ask('priority', 'lease');
    await clock.advance(2999);
    expect(out).toEqual(['lease']);
    await clock.advance(1);
    expect(out).toEqual(['lease', 'a']);
  });

  test('ends after its time also when the clock is set back', async () => {
    const { clock, gate, out, ask } = setUp();
    gate.pause(3000);
    void ask('normal', 'a');
    clock.setBack(3_600_000);
    await clock.advance(3000);
    expect(out).toEqual(['a']);
  });
});

describe('a rate limit', () => {
  const rateLimit = { perSecond: 10, burst: 2 };

  test('lets a burst out and then so many per second', async () => {
    const { clock, out, ask } = setUp({ rateLimit, inFlight: 100 });
    for (let n = 1; n <= 5; n += 1) void ask('normal', `${n}`);
    await settled();
    expect(out).toEqual(['1', '2']);
    await clock.advance(99);
    expect(out).toHaveLength(2);
    await clock.advance(1);
    expect(out).toHaveLength(3);
    await clock.advance(200);
    expect(out).toHaveLength(5);
  });

  test('serves priority first, also during a pause of the others', async () => {
    const { clock, gate, out, ask } = setUp({ rateLimit, inFlight: 100 });
    for (const name of ['1', '2', '3']) void ask('normal', name);
    await settled();
    gate.pause(60_000);
    void ask('priority', 'lease');
    await clock.advance(100);
    expect(out).toEqual(['1', '2', 'lease']);
    await clock.advance(60_000);
    expect(out).toEqual(['1', '2', 'lease', '3']);
  });

  test('does not save up more than the burst', async () => {
    const { clock, out, ask } = setUp({ rateLimit, inFlight: 100 });
    await clock.advance(60_000);
    for (let n = 1; n <= 4; n += 1) void ask('normal', `${n}`);
    await settled();
    expect(out).toHaveLength(2);
  });
});
