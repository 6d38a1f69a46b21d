import { describe, expect, test } from '@jest/globals';
import type { AppliedManifestWork } from '@ocm/api';
import { hubHashOf } from '../hub-hash.ts';
import { type EvictionCase, type EvictionVerdict, judgeEviction } from './judge-eviction.ts';

const hubHash = hubHashOf('https://hub');
const HOUR = 3_600_000;
const CENTURY = 100 * 365 * 24 * HOUR;
const now = new Date('2026-01-01T01:00:00Z');
const work = { metadata: { name: 'w' } };

const record = (evictionStartTime?: string, name = `${hubHash}-w`): AppliedManifestWork => ({
  metadata: { name },
  spec: { hubHash, agentID: 'a', manifestWorkName: 'w' },
  status: evictionStartTime === undefined ? {} : { evictionStartTime },
});

describe('judgeEviction', () => {
  const lost = { work: undefined };
  test.each<[string, EvictionVerdict, Partial<EvictionCase>]>([
    ['managed', { kind: 'keep' }, {}],
    ['managed again', { kind: 'stop' }, { appliedWork: record('2026-01-01T00:59:00Z') }],
    ['without work', { kind: 'start' }, lost],
    ['of another hub', { kind: 'start' }, { appliedWork: record(undefined, `${hubHashOf('https://old')}-w`) }],
    [
      'in the grace period',
      { kind: 'wait', forMs: 59 * 60_000 },
      { ...lost, appliedWork: record('2026-01-01T00:59:00Z') },
    ],
    ['at its end', { kind: 'evict' }, { ...lost, appliedWork: record('2026-01-01T00:00:00Z') }],
    ['without grace', { kind: 'evict' }, { ...lost, appliedWork: record('2026-01-01T01:00:00Z'), graceMs: 0 }],
    ['without work, for ever', { kind: 'keep' }, { ...lost, graceMs: CENTURY }],
    [
      'started, then for ever',
      { kind: 'stop' },
      { ...lost, appliedWork: record('2020-01-01T00:00:00Z'), graceMs: CENTURY },
    ],
  ])('%s', (_what, verdict, over) => {
    expect(judgeEviction({ appliedWork: record(), work, hubHash, graceMs: HOUR, now, ...over })).toEqual(verdict);
  });
});
