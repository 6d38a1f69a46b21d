import type { Placement } from '@ocm/api';
import { silentLogger, systemClock } from '@ocm/kube';
import type { BodyRead } from '@ocm/service';
import { aCluster, aClusterSet, aPlacement } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { type WorldOver, worldOf } from '../../test/placement-world.ts';
import { paceOf, Turns } from '../turns.ts';
import { answerDebugRequest } from './answer-debug-request.ts';
import type { Authorize } from './authorize.ts';
import { ANONYMOUS } from './caller.ts';

const { signal } = new AbortController();
const STORED = aPlacement({ namespace: 'shop', name: 'web' });

interface Situation {
  readonly method?: string;
  readonly rest?: string;
  readonly query?: string;
  readonly body?: BodyRead;
  readonly review?: Authorize['placements'];
  readonly over?: WorldOver;
  readonly elapsedMs?: () => number;
}

async function answerIn(situation: Situation): Promise<{ readonly status: number; readonly body: unknown }> {
  const { method = 'GET', rest = 'shop/web', query = '', over = {} } = situation;
  const { body = { kind: 'read', text: '{}' }, review = () => Promise.resolve({ allowed: true, reason: '' }) } =
    situation;
  const { elapsedMs = () => 0 } = situation;
  const collaborators = {
    view: {
      findPlacement: ({ name }: { readonly name: string }) => (name === 'web' ? STORED : undefined),
      findScore: () => undefined,
      worldOf: (placement: Placement) => worldOf(placement, over),
    },
    authorize: { placements: review },
    pace: { turns: new Turns({ ...paceOf(systemClock), elapsedMs }), elapsedMs },
    log: silentLogger,
  };
  const request = {
    method,
    path: `/debug/placements/${rest}`,
    query: new URLSearchParams(query),
    readBody: () => Promise.resolve(body),
  };
  const answer = await answerDebugRequest(collaborators, { request, caller: ANONYMOUS }, signal);
  return { status: answer.status, body: JSON.parse(answer.body) };
}

const hubIsAway: Authorize['placements'] = () => Promise.reject(new Error('hub is away'));
const deny: Authorize['placements'] = (_caller, { verb }) => Promise.resolve({ allowed: false, reason: `no ${verb}` });

describe('an error of the debug server', () => {
  test('names a review that fails', async () => {
    expect(await answerIn({ review: hubIsAway })).toEqual({
      status: 500,
      body: { error: 'failed to check permissions: hub is away' },
    });
  });

  test('has the reason of a denial', async () => {
    expect(await answerIn({ review: deny })).toEqual({
      status: 403,
      body: { error: 'user does not have permission to get placements in namespace shop: no get' },
    });
  });

  test('names a set that cannot be understood', async () => {
    const sets = [aClusterSet({ name: 'odd', selector: { selectorType: 'Odd' as 'LabelSelector' } })];
    expect(await answerIn({ over: { sets } })).toMatchObject({
      status: 500,
      body: { error: expect.stringContaining('failed to get clusters from ClusterSet odd') },
    });
  });

  test('comes when the client breaks off its body', async () => {
    expect(await answerIn({ method: 'POST', body: { kind: 'failed', error: new Error('aborted') } })).toEqual({
      status: 400,
      body: { error: 'failed to read request body' },
    });
  });

  test('does not depend on permissions for a Placement that is not there', async () => {
    expect(await answerIn({ rest: 'shop/other', review: hubIsAway })).toMatchObject({ status: 404 });
  });
});

test('permission is asked for the namespace of the Placement that is sent, whatever the path says', async () => {
  const asked: unknown[] = [];
  const review: Authorize['placements'] = (_caller, question) => {
    asked.push(question);
    return Promise.resolve({ allowed: true, reason: '' });
  };
  const text = JSON.stringify({ metadata: { name: 'web', namespace: 'secret' } });
  await answerIn({ method: 'POST', rest: 'shop/web', body: { kind: 'read', text }, review });
  expect(asked).toEqual([{ verb: 'create', namespace: 'secret' }]);
});

test('lists that would be empty are left out', async () => {
  const { body } = await answerIn({ over: { bound: [] } });
  expect(body).toEqual({
    placement: { metadata: { name: 'web', namespace: 'shop' }, spec: {}, status: {} },
    filteredPipelineResults: [
      { name: 'Predicate', filteredClusters: [] },
      { name: 'Predicate,TaintToleration', filteredClusters: [] },
    ],
    prioritizeResults: [
      { name: 'Balance', weight: 1, scores: {} },
      { name: 'Steady', weight: 1, scores: {} },
    ],
  });
});

test('totals are listed by score, the ranking behind a PreferNoSelect taint is that of the last filter', async () => {
  const clusters = [
    aCluster({ name: 'a', taints: [{ key: 'old', effect: 'PreferNoSelect' }] }),
    aCluster({ name: 'b' }),
  ];
  const { body } = await answerIn({ over: { clusters } });
  expect(body).toMatchObject({
    filteredPipelineResults: [{}, { filteredClusters: ['b', 'a'] }],
    aggregatedScores: [
      { clusterName: 'a', score: 100 },
      { clusterName: 'b', score: 100 },
    ],
  });
});

test('an explanation may also be asked for a Placement that is sent', async () => {
  const over = { clusters: [aCluster({ name: 'a' })] };
  const text = JSON.stringify({ metadata: { name: 'draft', namespace: 'default' } });
  expect(await answerIn({ method: 'POST', query: 'explain=a', body: { kind: 'read', text }, over })).toMatchObject({
    status: 200,
    body: { cluster: 'a', explanation: { kind: 'selected' } },
  });
});

test.each([
  { query: '', want: { filteredPipelineResults: [{ name: 'Predicate', filteredClusters: ['a'] }, {}] } },
  { query: 'explain=a', want: { explanation: { kind: 'selected' } } },
])('groups without a selector are no error ("$query")', async ({ query, want }) => {
  const over = { clusters: [aCluster({ name: 'a' })] };
  const spec = { decisionStrategy: { groupStrategy: { decisionGroups: [{ groupName: 'ab' }] } } };
  const text = JSON.stringify({ metadata: { name: 'draft', namespace: 'default' }, spec });
  expect(await answerIn({ method: 'POST', query, body: { kind: 'read', text }, over })).toMatchObject({
    status: 200,
    body: want,
  });
});

test('an explanation needs the name of a cluster', async () => {
  expect(await answerIn({ query: 'explain=' })).toEqual({
    status: 400,
    body: { error: 'explain: name of a ManagedCluster required' },
  });
});

describe('a question that asks too much', () => {
  const clusters = Array.from({ length: 100 }, (_, index) => aCluster({ name: `c${index}` }));
  const sent = (spec: object) => ({
    method: 'POST',
    body: { kind: 'read', text: JSON.stringify({ metadata: { name: 'draft', namespace: 'default' }, spec }) } as const,
    over: { clusters },
  });

  test('of each cluster is refused, and says why', async () => {
    const tolerations = Array.from({ length: 20_001 }, () => ({ operator: 'Exists' }));
    expect(await answerIn(sent({ tolerations }))).toEqual({
      status: 400,
      body: { error: 'too much to work out: 20001 parts of the spec for each of 100 clusters' },
    });
    expect(await answerIn(sent({ tolerations: tolerations.slice(1) }))).toMatchObject({ status: 200 });
    const celSelector = { celExpressions: tolerations.map((_, index) => `${index} == 1`) };
    const predicates = [{ requiredClusterSelector: { celSelector } }];
    expect(await answerIn({ ...sent({ predicates }), over: {} })).toMatchObject({ status: 400 });
  });

  test('counts decision groups only where they are made, in an explanation', async () => {
    const decisionGroups = Array.from({ length: 20_001 }, () => ({ groupName: 'ab' }));
    const asked = sent({ decisionStrategy: { groupStrategy: { decisionGroups } } });
    expect(await answerIn(asked)).toMatchObject({ status: 200 });
    expect(await answerIn({ ...asked, query: 'explain=c1' })).toMatchObject({ status: 400 });
  });

  test('of the time is given up', async () => {
    let nowMs = 0;
    const celExpressions = ['[1, 2, 3].all(x, x > 0)'];
    const predicates = [{ requiredClusterSelector: { celSelector: { celExpressions } } }];
    const elapsedMs = () => (nowMs += 1000);
    expect(await answerIn({ ...sent({ predicates }), elapsedMs })).toEqual({
      status: 500,
      body: { error: 'given up after 10 s of work: the CEL expressions take too long' },
    });
  });
});
