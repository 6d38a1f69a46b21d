import { type EventReport, type Logger, silentLogger } from '@ocm/kube';
import { expect, test } from '@jest/globals';
import { MemoryClock } from '../../test/memory-hub.ts';
import { BackgroundEvents } from './background-events.ts';

const event = (index: number): EventReport => ({
  namespace: 'default',
  regarding: { name: `p${index}` },
  type: 'Normal',
  reason: 'DecisionUpdate',
  action: 'DecisionUpdated',
  note: '',
});

/** Events that are written only when the test says so, or when they are called off. */
function setUp() {
  const clock = new MemoryClock();
  const begun: { readonly name: string; readonly end: () => void }[] = [];
  const lost: unknown[] = [];
  const log: Logger = { ...silentLogger, warn: (fields) => lost.push(fields) };
  const record = ({ regarding: { name = '' } }: EventReport, { signal }: { signal: AbortSignal }): Promise<void> =>
    new Promise((resolve) => {
      begun.push({ name, end: resolve });
      signal.addEventListener('abort', () => resolve());
    });
  return { clock, begun, lost, events: new BackgroundEvents({ record }, { clock, log }) };
}

test('some events are written at once, the others in their order when those are done', async () => {
  const { events, begun } = setUp();
  for (let index = 0; index < 34; index += 1) events.record(event(index));
  expect(begun).toHaveLength(32);
  const closed = events.close();
  for (const { end } of begun.slice(0, 2)) end();
  await Promise.resolve();
  await Promise.resolve();
  expect(begun.slice(32).map(({ name }) => name)).toEqual(['p32', 'p33']);
  for (const { end } of begun) end();
  await closed;
});

test('events beyond a thousand that wait are let go, and the log says which', () => {
  const { events, begun, lost } = setUp();
  for (let index = 0; index < 1033; index += 1) events.record(event(index));
  expect(begun).toHaveLength(32);
  expect(lost).toEqual([{ namespace: 'default', reason: 'DecisionUpdate', regarding: 'p1032' }]);
});

test('at the end what hangs is called off after 2 s, and nothing more is begun', async () => {
  const { clock, events, begun } = setUp();
  for (let index = 0; index < 40; index += 1) events.record(event(index));
  const closed = events.close();
  clock.advance(2000);
  await closed;
  expect(begun).toHaveLength(32);
});
