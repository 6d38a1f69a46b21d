import { describe, expect, test } from '@jest/globals';
import { manualClock, settled } from '../test/manual-clock.ts';
import { recordingLogger } from '../test/recording-logger.ts';
import { recordingMetrics } from '../test/recording-metrics.ts';
import { aThing, scriptedResource, type ScriptedResource } from '../test/scripted-resource.ts';
import { informer } from './cache/object-informer.ts';
import { type Controller, defineController, done, type Outcome, requeueAfter, retry } from './controller.ts';
import { KubeError } from './error.ts';
import { LeadershipLostError } from './leader-election/lease-hold.ts';
import { run, type RunOptions } from './run.ts';
import { trigger } from './triggers.ts';

const CONFLICT = new KubeError('the object has been modified', { code: 'conflict' });

function setUp(controllers: readonly Controller[], options: Partial<RunOptions> = {}) {
  const clock = manualClock();
  const log = recordingLogger();
  const metrics = recordingMetrics();
  const stop = new AbortController();
  let ended = false;
  const running = run(controllers, { signal: stop.signal, log, clock, metrics, ...options }).finally(() => {
    ended = true;
  });
  running.catch(() => {});
  return { clock, log, metrics, stop, running, hasEnded: () => ended };
}

/** A reconcile whose runs end when the test says so. */
function heldReconcile() {
  const runs: { readonly key: string; readonly signal: AbortSignal; end(outcome?: Outcome | Error): void }[] = [];
  return {
    runs,
    keys: () => runs.map(({ key }) => key),
    reconcile: (key: string, signal: AbortSignal): Promise<Outcome> =>
      new Promise((resolve, reject) => {
        const end = (outcome: Outcome | Error = done()): void =>
          outcome instanceof Error ? reject(outcome) : resolve(outcome);
        runs.push({ key, signal, end });
      }),
  };
}

function thingInformer(script: ScriptedResource) {
  const clock = manualClock();
  return { things: informer(script.resource, { clock, random: () => 0 }), clock };
}

describe('reconciling', () => {
  test('starts when all caches are synced, the unwatched ones too', async () => {
    const watched = thingInformer(scriptedResource(true, [{ items: [aThing('a', '1')], resourceVersion: '1' }]));
    const other = scriptedResource(true, 'hang', [{ items: [], resourceVersion: '1' }]);
    const read = thingInformer(other);
    const seen: string[] = [];
    const controller = defineController({
      name: 'test',
      watches: [watched.things.events(({ object }) => object.metadata.name)],
      reconcile: async (key) => {
        seen.push(key);
        expect(read.things.synced).toBe(true);
        return done();
      },
    });
    const { stop, running } = setUp([controller], { informers: [read.things, watched.things] });
    await settled();
    expect(watched.things.synced).toBe(true);
    expect(seen).toEqual([]);
    await read.clock.advance(200_000);
    expect(seen).toEqual(['a']);
    stop.abort();
    await running;
    expect(watched.clock.timers + read.clock.timers).toBe(0);
  });

  test('runs as many keys at once as there are workers, and never one key twice', async () => {
    const source = trigger();
    const held = heldReconcile();
    const { stop, running } = setUp([
      defineController({ name: 'test', watches: [source], workers: 2, reconcile: held.reconcile }),
    ]);
    for (const key of ['a', 'b', 'c']) source.enqueue(key);
    await settled();
    expect(held.keys()).toEqual(['a', 'b']);
    source.enqueue('a');
    held.runs[1]?.end();
    await settled();
    expect(held.keys()).toEqual(['a', 'b', 'c']);
    held.runs[0]?.end();
    await settled();
    expect(held.keys()).toEqual(['a', 'b', 'c', 'a']);
    held.runs[2]?.end();
    held.runs[3]?.end();
    stop.abort();
    await running;
  });

  test('thousands of keys do not keep the event loop', async () => {
    const source = trigger();
    let count = 0;
    const { stop, running } = setUp([
      defineController({
        name: 'test',
        watches: [source],
        workers: 16,
        reconcile: async () => {
          count += 1;
          return done();
        },
      }),
    ]);
    for (let i = 0; i < 5000; i += 1) source.enqueue(`k${i}`);
    await new Promise((resolve) => setImmediate(resolve));
    expect(count).toBeLessThan(100);
    for (let turn = 0; turn < 1000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(count).toBe(5000);
    stop.abort();
    await running;
  });

  test('a requeue comes after its time, a failure after the back-off', async () => {
    const source = trigger();
    const outcomes: Outcome[] = [requeueAfter(1000), retry(new Error('no luck')), done()];
    const times: number[] = [];
    const { clock, stop, running, metrics } = setUp([
      defineController({
        name: 'test',
        watches: [source],
        reconcile: async () => {
          times.push(clock.now().getTime());
          return outcomes.shift() ?? done();
        },
      }),
    ]);
    source.enqueue('a');
    await clock.advance(5000);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 1000, 1005]);
    const oneRun = 'depth test 0,latency test 0,started test,ended test,duration test 0';
    const again = 'retry test,add test,depth test 1';
    expect(metrics.told.join()).toBe(
      ['depth test 0,add test,depth test 1', oneRun, again, oneRun, again, oneRun].join(),
    );
    stop.abort();
    await running;
  });

  test('a failure with a longest wait comes no later than that, however long the back-off is by then', async () => {
    const source = trigger();
    const times: number[] = [];
    const { clock, stop, running } = setUp([
      defineController({
        name: 'test',
        watches: [source],
        reconcile: async () => {
          times.push(clock.now().getTime());
          return retry(new Error('no luck'), { atMostMs: 20 });
        },
      }),
    ]);
    source.enqueue('a');
    await clock.advance(75);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 5, 15, 35, 55, 75]);
    stop.abort();
    await running;
  });

  test('what the server asked for is the least back-off, however deep the error is', async () => {
    const source = trigger();
    const held = heldReconcile();
    const { clock, stop, running } = setUp([
      defineController({ name: 'test', watches: [source], reconcile: held.reconcile }),
    ]);
    source.enqueue('a');
    await settled();
    const throttled = new KubeError('too many requests', { code: 'throttled', retryAfterMs: 3000 });
    held.runs[0]?.end(new Error('apply roles of cluster c1', { cause: new AggregateError([CONFLICT, throttled]) }));
    await clock.advance(2999);
    expect(held.runs).toHaveLength(1);
    await clock.advance(1);
    expect(held.runs).toHaveLength(2);
    held.runs[1]?.end();
    stop.abort();
    await running;
  });
});

describe('the log', () => {
  const FAILURE = new Error('no luck');
  test.each([
    { what: 'a thrown error', outcome: FAILURE, level: 'warn', message: 'reconcile failed, will retry' },
    { what: 'a returned retry', outcome: retry(FAILURE), level: 'warn', message: 'reconcile failed, will retry' },
    { what: 'a conflict', outcome: CONFLICT, level: 'debug', message: 'conflict: will retry' },
    {
      what: 'a wrapped conflict',
      outcome: new Error('update', { cause: CONFLICT }),
      level: 'debug',
      message: 'conflict: will retry',
    },
    {
      what: 'a conflict among other errors',
      outcome: new AggregateError([CONFLICT, FAILURE]),
      level: 'warn',
      message: 'reconcile failed, will retry',
    },
  ] as const)('$what is one line at $level with controller, key and run', async ({ outcome, level, message }) => {
    const source = trigger();
    const held = heldReconcile();
    const { log, stop, running } = setUp([
      defineController({ name: 'test', watches: [source], reconcile: held.reconcile }),
    ]);
    source.enqueue('a');
    await settled();
    held.runs[0]?.end(outcome);
    await settled();
    const error = outcome instanceof Error ? outcome : FAILURE;
    expect(log.lines.slice(1)).toEqual([{ level, fields: { controller: 'test', key: 'a', run: 1, error }, message }]);
    stop.abort();
    await running;
  });
});

describe('stopping', () => {
  test('takes no more keys, lets reconciles finish unaborted, then stops the informers', async () => {
    const script = scriptedResource(true, [{ items: [aThing('a', '1'), aThing('b', '2')], resourceVersion: '2' }]);
    const { things } = thingInformer(script);
    const held = heldReconcile();
    const controller = defineController({
      name: 'test',
      watches: [things.events(({ object }) => object.metadata.name)],
      workers: 1,
      reconcile: held.reconcile,
    });
    const { clock, stop, running, hasEnded } = setUp([controller]);
    await settled();
    stop.abort();
    await clock.advance(9_000);
    expect(held.keys()).toEqual(['a']);
    expect(held.runs[0]?.signal.aborted).toBe(false);
    expect(script.watch().isOpen).toBe(true);
    expect(hasEnded()).toBe(false);
    held.runs[0]?.end();
    await running;
    expect(held.keys()).toEqual(['a']);
    expect(script.watch().isOpen).toBe(false);
    expect(clock.timers).toBe(0);
  });

  test('aborts reconciles when the grace is over, without an error in the log', async () => {
    const source = trigger();
    const held = heldReconcile();
    const { clock, log, stop, running } = setUp([
      defineController({ name: 'test', watches: [source], reconcile: held.reconcile }),
    ]);
    source.enqueue('a');
    await settled();
    const reason = new Error('SIGTERM');
    stop.abort(reason);
    await clock.advance(10_000);
    expect(held.runs[0]?.signal.reason).toBe(reason);
    held.runs[0]?.end(reason);
    await running;
    expect(log.lines.every(({ level }) => level === 'debug')).toBe(true);
  });

  test('after a lost lease there is no grace', async () => {
    const source = trigger();
    const held = heldReconcile();
    const { stop, running } = setUp([defineController({ name: 'test', watches: [source], reconcile: held.reconcile })]);
    source.enqueue('a');
    await settled();
    stop.abort(new LeadershipLostError('lost'));
    await settled();
    expect(held.runs[0]?.signal.aborted).toBe(true);
    held.runs[0]?.end();
    await running;
  });

  test('reconciles that ignore their signal are named and left behind', async () => {
    const source = trigger();
    const held = heldReconcile();
    const { clock, stop, running } = setUp([
      defineController({ name: 'test', watches: [source], reconcile: held.reconcile }),
    ]);
    source.enqueue('a');
    await settled();
    stop.abort();
    await clock.advance(11_000);
    await expect(running).rejects.toThrow('reconciles did not stop: test a');
  });

  test('before the caches are synced ends at once', async () => {
    const { things } = thingInformer(scriptedResource(true, 'hang'));
    const { stop, running, clock } = setUp([], { informers: [things] });
    await settled();
    stop.abort();
    await running;
    expect(clock.timers).toBe(0);
  });
});

test('[registration 1.3] caches that do not sync within 10 minutes end the run with an error that names them', async () => {
  const { things } = thingInformer(scriptedResource(true, 'hang'));
  const { clock, running, hasEnded } = setUp([], { informers: [things] });
  await clock.advance(599_999);
  expect(hasEnded()).toBe(false);
  await clock.advance(1);
  await expect(running).rejects.toThrow('caches not synced within 600 s: things.test.io');
});
