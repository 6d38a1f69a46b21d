import type { RolloutStrategy } from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import type { TrackedDecisions } from '../decision-tracker.ts';
import { type ClusterRollout, planRollout, type RolloutPlan } from './plan-rollout.ts';
import type { RolloutStatus } from './rollout-status.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');

/** `a b | c d`: groups with index 0, 1, …; a name before a colon. */
function groupsOf(text: string): TrackedDecisions {
  return text.split('|').map((part, index) => {
    const [name = '', clusters = ''] = part.includes(':') ? part.split(':') : ['', part];
    return { name: name.trim(), index, clusters: new Set(clusters.trim().split(/\s+/).filter(Boolean)) };
  });
}

const LETTERS: Readonly<Record<string, RolloutStatus>> = {
  '?': 'ToApply',
  p: 'Progressing',
  s: 'Succeeded',
  f: 'Failed',
  t: 'TimeOut',
  '-': 'Skip',
};

/** `a=s b=p@30`: a has succeeded long ago, b is progressing for 30 s. */
function knownOf(text: string): readonly ClusterRollout[] {
  return text
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => {
      const [, cluster = '', letter = '', seconds = '3600'] = /^([^=]+)=(.)(?:@(\d+))?$/.exec(word) ?? [];
      return { cluster, status: LETTERS[letter] ?? 'Skip', sinceMs: NOW - Number(seconds) * 1000 };
    });
}

function plan(strategy: RolloutStrategy, groups: string, known = ''): Extract<RolloutPlan, { kind: 'planned' }> {
  const planned = planRollout({ strategy, groups: groupsOf(groups), known: knownOf(known), nowMs: NOW });
  if (planned.kind === 'invalid') throw new Error(planned.problem);
  return planned;
}

/** `a? b p…`: the batch with the letters of its statuses. */
function batchOf({ batch }: { readonly batch: readonly ClusterRollout[] }): string {
  return batch.map(({ cluster, status }) => `${cluster}=${letterOf(status)}`).join(' ');
}

function letterOf(status: RolloutStatus): string | undefined {
  return Object.entries(LETTERS).find(([, each]) => each === status)?.[0];
}

const progressive = (options: RolloutStrategy['progressive']): RolloutStrategy => ({
  type: 'Progressive',
  progressive: options ?? {},
});
const perGroup = (options: RolloutStrategy['progressivePerGroup'] = {}): RolloutStrategy => ({
  type: 'ProgressivePerGroup',
  progressivePerGroup: options,
});

describe('All', () => {
  test('begins everywhere, whatever has failed, and names who is not chosen any more', () => {
    const { removed, ...planned } = plan({ type: 'All' }, 'b a | c', 'a=f b=s gone=s');
    expect(batchOf(planned)).toBe('a=f c=?');
    expect(removed).toEqual(['gone']);
    expect(planned).toMatchObject({ isBreached: false, timedOut: [] });
    expect(planned).not.toHaveProperty('recheckInMs');
  });

  test('a deadline only says who has run out of time', () => {
    const planned = plan({ type: 'All', all: { progressDeadline: '60s' } }, 'a b c', 'a=p@61 b=p@20');
    expect(batchOf(planned)).toBe('b=p c=?');
    expect(planned.timedOut).toEqual([{ cluster: 'a', status: 'TimeOut', sinceMs: NOW - 61_000 }]);
    expect(planned.recheckInMs).toBe(40_000);
  });
});

describe('Progressive', () => {
  test.each<[string, number | string | undefined, string, string, string]>([
    ['begins with as many as allowed, by name', 2, 'f e d c b a', '', 'a=? b=?'],
    ['those that have not reported keep their place', 2, 'a b c d', 'a=? b=?', 'a=? b=?'],
    ['who has succeeded makes room', 2, 'a b c d', 'a=s b=p', 'b=p c=?'],
    ['a failed cluster without deadline keeps its place, and stops all others', 2, 'a b c d', 'a=f b=s', 'a=f'],
    ['in order of names, not of groups', 2, 'z y | a b', '', 'a=? b=?'],
    ['a percentage is rounded up', '30%', 'a b c d', '', 'a=? b=?'],
    ['more than there are means all', 9, 'a b c', '', 'a=? b=? c=?'],
    ['zero means all', 0, 'a b c', '', 'a=? b=? c=?'],
    ['left out means all', undefined, 'a b c', '', 'a=? b=? c=?'],
    ['all have succeeded', 2, 'a b', 'a=s b=s', ''],
    ['nothing is chosen', 2, '', 'a=s', ''],
    ['skipped clusters take no place', 1, 'a b', 'a=-', 'b=?'],
  ])('[work 63] %s', (_what, ...[maxConcurrency, groups, known, batch]) => {
    const options = maxConcurrency === undefined ? {} : { maxConcurrency };
    expect(batchOf(plan(progressive(options), groups, known))).toBe(batch);
  });

  test('[work 64] more failures than allowed: nobody begins, and those that had begun to are left', () => {
    const planned = plan(progressive({ maxConcurrency: 3, maxFailures: 1 }), 'a b c d e f', 'a=f b=f c=? d=p');
    expect(batchOf(planned)).toBe('a=f b=f d=p');
    expect(planned.isBreached).toBe(true);
  });

  test('[work 63] as many failures as allowed do no harm beyond their places', () => {
    const planned = plan(progressive({ maxConcurrency: 2, maxFailures: 1 }), 'a b c d', 'a=f');
    expect(batchOf(planned)).toBe('a=f b=?');
    expect(planned.isBreached).toBe(false);
  });

  test.each([
    [5, 'counts as 0 when it is above the number of clusters', true],
    [3, 'may be all of them', false],
    [-1, 'counts as 0 when it is negative', true],
    ['34%', 'as a percentage is rounded up', false],
  ])('[work 63] maxFailures %j %s', (maxFailures, _what, isBreached) => {
    expect(plan(progressive({ maxConcurrency: 3, maxFailures }), 'a b c', 'a=f').isBreached).toBe(isBreached);
  });

  test('[work 65] a cluster keeps its place until it has been successful for long enough', () => {
    const strategy = progressive({ maxConcurrency: 1, minSuccessTime: '5s' });
    const soaking = plan(strategy, 'a b', 'a=s@2');
    expect(batchOf(soaking)).toBe('a=s');
    expect(soaking.recheckInMs).toBe(3000);
    expect(batchOf(plan(strategy, 'a b', 'a=s@5'))).toBe('b=?');
  });

  test('[work 66] after the deadline a cluster gives its place away and counts as a failure', () => {
    const strategy = progressive({ maxConcurrency: 1, maxFailures: 1, progressDeadline: '5s' });
    const waiting = plan(strategy, 'a b c', 'a=p@2');
    expect(batchOf(waiting)).toBe('a=p');
    expect(waiting.recheckInMs).toBe(3000);
    const late = plan(strategy, 'a b c', 'a=p@5');
    expect(batchOf(late)).toBe('b=?');
    expect(late.timedOut.map(({ cluster }) => cluster)).toEqual(['a']);
    expect(plan(strategy, 'a b c', 'a=p@5 b=f@9')).toMatchObject({ batch: [], isBreached: true });
  });

  test('[work 63] the next look is at the first of all changes', () => {
    const strategy = progressive({ minSuccessTime: '50s', progressDeadline: '100s' });
    expect(plan(strategy, 'a b c', 'a=s@10 b=p@70 c=f@20').recheckInMs).toBe(30_000);
  });

  test('[work 63] without a known beginning it begins now', () => {
    const known = [{ cluster: 'a', status: 'Progressing' }] as const;
    const strategy = progressive({ progressDeadline: '5s' });
    const planned = planRollout({ strategy, groups: groupsOf('a'), known, nowMs: NOW });
    expect(planned).toMatchObject({ batch: known, recheckInMs: 5000 });
  });
});

describe('ProgressivePerGroup', () => {
  test.each([
    ['begins with the first group', 'b a | c d', '', 'a=? b=?'],
    ['holds the next group back while one is not through', 'a b | c', 'a=s b=p', 'b=p'],
    ['goes on when the group is through', 'a b | c d | e', 'a=s b=s', 'c=? d=?'],
    ['those that have not reported stay in the batch', 'a b | c', 'a=s b=?', 'b=?'],
    ['an empty group holds nobody up', ' | a', '', 'a=?'],
    ['a failed cluster stops all after its group', 'a b | c', 'a=f b=s', 'a=f'],
    ['clusters of one group begin together, also one that came later', 'a b c | d', 'a=s b=s', 'c=?'],
  ])('[work 67] %s', (_what, ...[groups, known, batch]) => {
    expect(batchOf(plan(perGroup(), groups, known))).toBe(batch);
  });

  test('[work 67] failures are counted per group and may be tolerated', () => {
    const strategy = perGroup({ maxFailures: '50%', progressDeadline: '60s' });
    expect(batchOf(plan(strategy, 'a b | c d', 'a=p b=s'))).toBe('c=? d=?');
    const breached = plan(strategy, 'a b | c d', 'a=p b=p');
    expect([batchOf(breached), breached.isBreached]).toEqual(['', true]);
  });

  test('[work 67] each tolerated timeout lets a group with one cluster more begin, as it always did', () => {
    const strategy = perGroup({ maxFailures: 1, progressDeadline: '60s' });
    // a has timed out; c alone does not outweigh it, so d begins as well.
    expect(batchOf(plan(strategy, 'a b | c | d', 'a=p b=s'))).toBe('c=? d=?');
  });

  test('[work 67] groups beyond a gap wait until the gap is closed', () => {
    const groups = groupsOf('a | b | c').filter(({ index }) => index !== 1);
    const known = knownOf('a=s');
    expect(planRollout({ strategy: perGroup(), groups, known, nowMs: NOW })).toMatchObject({ batch: [] });
  });
});

describe('mandatory groups', () => {
  const mandatoryDecisionGroups = [{ groupName: 'canary' }];

  test.each([
    ['go first, all of them at once', 'x y | canary: c d', '', 'c=? d=?'],
    ['hold everybody back while one is at work', 'x y | canary: c d', 'c=s d=p', 'd=p'],
    ['tolerate no failure', 'x y | canary: c d', 'c=f d=s', 'c=f'],
    ['are followed by the others, under their own limit', 'x y z | canary: c d', 'c=s d=s', 'x=? y=?'],
    ['once through, the others go on among themselves', 'x y z | canary: c d', 'c=s d=s x=s y=p', 'y=p z=?'],
    ['that do not exist change nothing', 'x y z', '', 'x=? y=?'],
  ])('%s', (_what, ...[groups, known, batch]) => {
    const strategy = progressive({ maxConcurrency: 2, maxFailures: 2, mandatoryDecisionGroups });
    expect(batchOf(plan(strategy, groups, known))).toBe(batch);
  });

  test('one that has run out of time stops everybody', () => {
    const strategy = progressive({ maxFailures: 5, progressDeadline: '60s', mandatoryDecisionGroups });
    const planned = plan(strategy, 'x y | canary: c d', 'c=p d=s');
    expect([batchOf(planned), planned.timedOut.length, planned.isBreached]).toEqual(['', 1, true]);
  });

  test('an empty entry means the group with index 0, and the order is that of the indexes', () => {
    const strategy = perGroup({ mandatoryDecisionGroups: [{ groupIndex: 1 }, {}] });
    expect(batchOf(plan(strategy, 'a | b | c'))).toBe('a=?');
    expect(batchOf(plan(strategy, 'a | b | c', 'a=s'))).toBe('b=?');
    expect(batchOf(plan(strategy, 'a | b | c', 'a=s b=s'))).toBe('c=?');
  });
});

test('a strategy that cannot be understood is no plan', () => {
  const strategy = { all: { progressDeadline: 'tomorrow' } };
  const planned = planRollout({ strategy, groups: groupsOf('a'), known: [], nowMs: NOW });
  expect(planned).toEqual({ kind: 'invalid', problem: expect.stringContaining('invalid timeout format') });
});
