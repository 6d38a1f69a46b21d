import { anEvent } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { withSeries } from './event-record-service.ts';

const SERIES = { count: 2, lastObservedTime: '2026-01-01T00:00:00.000000Z' };

test('[cloudevents-grpc 50] of an update only the series is taken', () => {
  const stored = anEvent({ note: 'as it was' });
  expect(withSeries(stored, { ...anEvent({ note: 'forged' }), series: SERIES })).toEqual({ ...stored, series: SERIES });
});

test.each([
  ['no series', { ...anEvent() }, {}],
  ['the same series', { ...anEvent(), series: SERIES }, { series: { ...SERIES } }],
])('an update with %s changes nothing', (_, stored, sent) => {
  expect(withSeries(stored, sent)).toBeUndefined();
});
