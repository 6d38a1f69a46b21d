import type { ConditionStatus } from '@ocm/api';
import { aManifestWork, type ManifestWorkOver } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { rolloutStateOfWork } from './rollout-status.ts';

const GENERATION = 3;
const APPLIED_AT = '2026-01-31T09:00:00Z';
const PROGRESSING_AT = '2026-01-31T09:01:00Z';
const DEGRADED_AT = '2026-01-31T09:02:00Z';

type Observed = readonly [status: ConditionStatus, generation?: number] | undefined;

function work(applied: Observed, progressing?: Observed, degraded?: Observed): ReturnType<typeof aManifestWork> {
  const conditions = [
    condition('Applied', applied, APPLIED_AT),
    condition('Progressing', progressing, PROGRESSING_AT),
    condition('Degraded', degraded, DEGRADED_AT),
  ].flat();
  return aManifestWork({ metadata: { generation: GENERATION }, conditions });
}

function condition(type: string, observed: Observed, at: string): NonNullable<ManifestWorkOver['conditions']> {
  if (observed === undefined) return [];
  const [status, observedGeneration = GENERATION] = observed;
  return [{ type, status, observedGeneration, lastTransitionTime: at }];
}

describe('rollout status of a work', () => {
  test.each<[string, Observed, Observed, Observed]>([
    ['nothing is known', undefined, ['False'], undefined],
    ['it is not applied', ['False'], ['False'], undefined],
    ['an older generation is applied', ['True', 2], ['False'], undefined],
    ['there is no Progressing', ['True'], undefined, undefined],
    ['there is no Progressing but a Degraded', ['True'], undefined, ['True']],
    ['Progressing is of an older generation', ['True'], ['False', 2], undefined],
    ['Degraded is of an older generation', ['True'], ['False'], ['True', 2]],
    ['Degraded is of an older generation while it progresses', ['True'], ['True'], ['False', 2]],
  ])('is ToApply when %s', (_when, ...conditions) => {
    expect(rolloutStateOfWork(work(...conditions))).toEqual({ status: 'ToApply' });
  });

  test.each<[string, Observed, Observed, string]>([
    ['Progressing', ['True'], undefined, PROGRESSING_AT],
    ['Progressing', ['True'], ['False'], PROGRESSING_AT],
    ['Progressing', ['True'], ['Unknown'], PROGRESSING_AT],
    ['Progressing', ['Unknown'], ['True'], PROGRESSING_AT],
    ['Failed', ['True'], ['True'], DEGRADED_AT],
    ['Succeeded', ['False'], undefined, PROGRESSING_AT],
    ['Succeeded', ['False'], ['True'], PROGRESSING_AT],
    ['Succeeded', ['False'], ['False'], PROGRESSING_AT],
  ])('is %s when Progressing is %j and Degraded %j', (status, ...[progressing, degraded, at]) => {
    expect(rolloutStateOfWork(work(['True'], progressing, degraded))).toEqual({ status, sinceMs: Date.parse(at) });
  });

  test('a time that is none is left out', () => {
    const conditions = ['Applied', 'Progressing'].map((type) => ({
      type,
      status: 'True' as const,
      observedGeneration: 1,
      lastTransitionTime: 'soon',
    }));
    const odd = aManifestWork({ metadata: { generation: 1 }, conditions });
    expect(rolloutStateOfWork(odd)).toEqual({ status: 'Progressing' });
  });
});
