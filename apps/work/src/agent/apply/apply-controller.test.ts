import { expect, test } from '@jest/globals';
import { trigger, type WatchSource } from '@ocm/kube';
import type { WorkAgentContext } from '../context.ts';
import { standardIntervals } from '../intervals.ts';
import { applyController } from './apply-controller.ts';

test('works and drift set a pass off, records do not: each pass writes one', () => {
  const asked: string[] = [];
  const eventsOf = (what: string) => (): WatchSource => {
    asked.push(what);
    return trigger();
  };
  const context = {
    source: { events: eventsOf('works') },
    appliedWorks: { events: eventsOf('records') },
    workers: 1,
    intervals: standardIntervals,
  } as unknown as WorkAgentContext;
  const drifts = trigger();
  const { watches } = applyController(context, drifts);
  expect(asked).toEqual(['works']);
  expect(watches.slice(1)).toEqual([drifts]);
});
