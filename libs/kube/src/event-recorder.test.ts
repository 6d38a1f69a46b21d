import { expect, test } from '@jest/globals';
import { Event } from '@ocm/api';
import { manualClock } from '../test/manual-clock.ts';
import { memoryResource } from '../test/memory-resource.ts';
import { recordingLogger } from '../test/recording-logger.ts';
import { KubeError } from './error.ts';
import { type EventReport, eventRecorder } from './event-recorder.ts';

const FORBIDDEN = new KubeError('events is forbidden', { code: 'forbidden' });
const AVAILABLE: EventReport = {
  namespace: 'c1',
  regarding: { apiVersion: 'cluster.open-cluster-management.io/v1', kind: 'ManagedCluster', name: 'c1', uid: 'u1' },
  type: 'Normal',
  reason: 'Available',
  action: 'Available',
  note: 'The cluster is available',
};

function setUp() {
  const clock = manualClock();
  const memory = memoryResource(Event);
  const log = recordingLogger();
  const stop = new AbortController();
  let dice = 0;
  const recorder = eventRecorder({
    client: memory.client,
    reportingController: 'klusterlet-agent',
    reportingInstance: 'agent-0',
    clock,
    log,
    random: () => (dice += 0.001),
  });
  const record = (over: Partial<EventReport> = {}): Promise<void> =>
    recorder.record({ ...AVAILABLE, ...over }, { signal: stop.signal });
  return { clock, memory, log, stop, record, events: () => [...memory.objects.values()] };
}

test('an event of a cluster-scoped object appears in the namespace that was asked for', async () => {
  const { record, events } = setUp();
  await record();
  expect(events()).toEqual([
    {
      metadata: { namespace: 'c1', name: expect.stringMatching(/^c1\.[0-9a-f]{16}$/), resourceVersion: '1' },
      eventTime: '2026-01-31T09:00:00.000000Z',
      reportingController: 'klusterlet-agent',
      reportingInstance: 'agent-0',
      regarding: { ...AVAILABLE.regarding, namespace: 'c1' },
      type: 'Normal',
      reason: 'Available',
      action: 'Available',
      note: 'The cluster is available',
    },
  ]);
});

test('what has to do with it is named, and events about different things are no series', async () => {
  const { record, events } = setUp();
  for (const name of ['one', 'two']) await record({ related: { kind: 'Slice', namespace: 'c1', name } });
  expect(events().map(({ related }) => related?.name)).toEqual(['one', 'two']);
});

test('the same event within 6 minutes of the last counts up a series; after that it is a new one', async () => {
  const { record, events, clock } = setUp();
  for (let i = 0; i < 4; i += 1) {
    await record();
    await clock.advance(300_000);
  }
  expect(events()).toHaveLength(1);
  expect(events()[0]?.series).toEqual({ count: 4, lastObservedTime: '2026-01-31T09:15:00.000000Z' });
  await clock.advance(60_000);
  await record();
  expect(events()).toHaveLength(2);
});

test('the same event recorded several times at once is one object', async () => {
  const { record, events } = setUp();
  await Promise.all([record(), record(), record()]);
  expect(events().map(({ series }) => series?.count)).toEqual([3]);
});

test.each([
  { regarding: { ...AVAILABLE.regarding, uid: 'u2' } },
  { reason: 'Unavailable' },
  { action: 'Other' },
  { type: 'Warning' as const },
  { note: 'other words' },
  { namespace: 'c2' },
])('%j makes it another event', async (over) => {
  const { record, events } = setUp();
  await record();
  await record(over);
  expect(events()).toHaveLength(2);
  expect(new Set(events().map(({ metadata }) => metadata.name)).size).toBe(2);
});

test('an event that has expired on the server, or may not be patched, becomes a new one', async () => {
  const { record, events, memory } = setUp();
  await record();
  memory.objects.clear();
  await record();
  expect(events()).toHaveLength(1);
  memory.before = (request) => {
    if (request.startsWith('patch')) throw FORBIDDEN;
  };
  await record();
  await record();
  expect(events()).toHaveLength(3);
  expect(memory.requests.filter((request) => request.startsWith('patch'))).toHaveLength(2);
});

test('a failed write is logged and does not fail the caller; the next one is tried', async () => {
  const { record, events, memory, log } = setUp();
  memory.before = () => {
    throw FORBIDDEN;
  };
  await record();
  expect(log.lines).toEqual([
    {
      level: 'warn',
      fields: { namespace: 'c1', reason: 'Available', regarding: 'c1', error: FORBIDDEN },
      message: 'event not recorded',
    },
  ]);
  memory.before = () => {};
  await record();
  expect(events()).toHaveLength(1);
});

test('a write that hangs costs the caller 10 s, one that is called off nothing', async () => {
  const { record, memory, log, clock, stop } = setUp();
  memory.before = (_, signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  const hanging = record();
  await clock.advance(10_000);
  await hanging;
  expect(log.lines).toHaveLength(1);
  const calledOff = record();
  stop.abort();
  await calledOff;
  expect(log.lines).toHaveLength(1);
  expect(clock.timers).toBe(0);
});

test('a note is cut to 1024 bytes between characters, a name to 253', async () => {
  const { record, events } = setUp();
  await record({ note: 'ä'.repeat(1000) });
  await record({ note: `x${'ä'.repeat(1000)}`, regarding: { name: 'n'.repeat(253) } });
  expect(events().map(({ note }) => note)).toEqual(['ä'.repeat(512), `x${'ä'.repeat(511)}`]);
  expect(events()[1]?.metadata.name).toHaveLength(253);
});

test('remembers a bounded number of series', async () => {
  const { record, events } = setUp();
  await record();
  for (let i = 0; i < 1000; i += 1) await record({ note: `note ${i}` });
  await record({ note: 'note 999' });
  await record();
  expect(events()).toHaveLength(1002);
});
