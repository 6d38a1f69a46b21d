import { expect, test } from '@jest/globals';
import { judgeHubContact } from './judge-hub-contact.ts';

const at = (seconds: number): Date => new Date(Date.parse('2026-03-01T00:00:00Z') + seconds * 1000);
const TIMEOUT_MS = 600_000;

test.each([
  {
    what: 'renewed lately',
    renewed: at(0),
    remembered: undefined,
    now: 600,
    want: { kind: 'stay', remembered: at(0) },
  },
  { what: 'renewed too long ago', renewed: at(0), remembered: at(0), now: 601, want: { kind: 'leave', since: at(0) } },
  { what: 'never read', renewed: undefined, remembered: undefined, now: 5, want: { kind: 'stay', remembered: at(5) } },
  {
    what: 'unreadable for a while',
    renewed: undefined,
    remembered: at(5),
    now: 605,
    want: { kind: 'stay', remembered: at(5) },
  },
  {
    what: 'unreadable for too long',
    renewed: undefined,
    remembered: at(5),
    now: 606,
    want: { kind: 'leave', since: at(5) },
  },
  {
    what: 'readable again',
    renewed: at(700),
    remembered: at(5),
    now: 710,
    want: { kind: 'stay', remembered: at(700) },
  },
])('[registration 53] a lease that is $what: $want.kind', ({ renewed, remembered, now, want }) => {
  expect(judgeHubContact({ renewed, remembered }, TIMEOUT_MS, at(now))).toEqual(want);
});
