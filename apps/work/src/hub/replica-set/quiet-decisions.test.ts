import type { PlacementDecision } from '@ocm/api';
import { type Clock, type ObjectEvent, systemClock } from '@ocm/kube';
import { aPlacementDecision } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { QuietDecisions } from './quiet-decisions.ts';
import { StatusSpacing } from './status-spacing.ts';

class TestClock implements Clock {
  ms = 1_000_000;
  readonly sleep: Clock['sleep'] = (ms, signal) => systemClock.sleep(ms, signal);
  readonly schedule: Clock['schedule'] = (ms, callback) => systemClock.schedule(ms, callback);

  now(): Date {
    return new Date(this.ms);
  }
}

function watched(): {
  readonly clock: TestClock;
  readonly quiet: QuietDecisions;
  readonly emit: (placement: string) => void;
} {
  const clock = new TestClock();
  const handlers: ((event: ObjectEvent<PlacementDecision>) => void)[] = [];
  const slices = {
    subscribe(handler: (event: ObjectEvent<PlacementDecision>) => void) {
      handlers.push(handler);
      return () => undefined;
    },
  };
  const quiet = new QuietDecisions(slices, { clock, quietMs: 1000 });
  const emit = (placement: string): void => {
    const object = aPlacementDecision({ placement, namespace: 'ns' });
    for (const handler of handlers) handler({ type: 'deleted', object });
  };
  return { clock, quiet, emit };
}

test('decisions are quiet one second after their last change', () => {
  const { clock, quiet, emit } = watched();
  expect(quiet.quietInMs('ns/p')).toBe(0);
  emit('p');
  clock.ms += 400;
  expect(quiet.quietInMs('ns/p')).toBe(600);
  expect(quiet.quietInMs('ns/other')).toBe(0);
  emit('p');
  expect(quiet.quietInMs('ns/p')).toBe(1000);
  clock.ms += 1000;
  expect(quiet.quietInMs('ns/p')).toBe(0);
});

test('a clock that is set back makes nobody wait', () => {
  const { clock, quiet, emit } = watched();
  emit('p');
  clock.ms -= 3_600_000;
  expect(quiet.quietInMs('ns/p')).toBe(0);
});

test('the changes of thousands of Placements do not disturb each other', () => {
  const { clock, quiet, emit } = watched();
  for (let index = 0; index < 3000; index += 1) {
    emit(`p${index}`);
    clock.ms += 1;
  }
  expect(quiet.quietInMs('ns/p2999')).toBe(999);
  expect(quiet.quietInMs('ns/p2500')).toBe(500);
  expect(quiet.quietInMs('ns/p0')).toBe(0);
});

test('a Placement whose decisions keep changing is not forgotten with those of its time', () => {
  const { clock, quiet, emit } = watched();
  emit('busy');
  emit('idle');
  clock.ms += 900;
  emit('busy');
  clock.ms += 100;
  emit('other');
  expect(['busy', 'idle', 'other'].map((name) => quiet.quietInMs(`ns/${name}`))).toEqual([900, 0, 1000]);
});

test('an event costs the same however many Placements change at once', () => {
  const { clock, emit } = watched();
  let asked = 0;
  const now = clock.now.bind(clock);
  clock.now = () => {
    asked += 1;
    return now();
  };
  for (let index = 0; index < 5000; index += 1) emit(`p${index}`);
  expect(asked).toBeLessThan(20_000);
});

test('a status is written again after a while, each replica set for itself', () => {
  const clock = new TestClock();
  const spacing = new StatusSpacing({ clock, spacingMs: 500 });
  expect(spacing.waitMs('a')).toBe(0);
  spacing.written('a');
  clock.ms += 100;
  expect([spacing.waitMs('a'), spacing.waitMs('b')]).toEqual([400, 0]);
  clock.ms -= 1000;
  expect(spacing.waitMs('a')).toBe(0);
  clock.ms += 1400;
  expect(spacing.waitMs('a')).toBe(0);
  spacing.written('a');
  spacing.forget('a');
  expect(spacing.waitMs('a')).toBe(0);
});
