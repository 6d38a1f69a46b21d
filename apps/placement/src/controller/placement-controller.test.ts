import { labels, type PlacementSpec } from '@ocm/api';
import { decidedClusters } from '@ocm/fleet';
import { type EventReport, silentLogger } from '@ocm/kube';
import { aCluster, aClusterSetBinding, anAddOnPlacementScore, aPlacement, aPlacementDecision } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { MemoryClock, memoryContext, memoryHub } from '../../test/memory-hub.ts';
import { fewWords, GLOBAL } from '../../test/placement-world.ts';
import type { CompileCel } from '../schedule/cel-expression.ts';
import { BackgroundEvents } from './background-events.ts';
import { placementController } from './placement-controller.ts';

const never = new AbortController().signal;

/** Two of three clusters, by a score, of those for which an expression is true. */
const BY_SCORE: PlacementSpec = {
  numberOfClusters: 2,
  predicates: [{ requiredClusterSelector: { celSelector: { celExpressions: ['true'] } } }],
  prioritizerPolicy: {
    mode: 'Exact',
    configurations: [
      { scoreCoordinate: { type: 'AddOn', addOn: { resourceName: 'usage', scoreName: 'free' } }, weight: 1 },
    ],
  },
};

test('scores that expire in the middle of a pass have expired for every cluster', async () => {
  const hub = memoryHub();
  const clock = new MemoryClock();
  // Each evaluation takes a second, and the scores are good for two more.
  const slow: CompileCel = (text) => {
    const expression = fewWords(text);
    if ('problem' in expression) return expression;
    return {
      text,
      evaluate(...asked) {
        clock.advance(1000);
        return expression.evaluate(...asked);
      },
    };
  };
  const events: EventReport[] = [];
  const record = (event: EventReport): void => void events.push(event);
  const controller = placementController(memoryContext(hub, clock, { compileCel: slow, events: { record } }));
  hub.sets.put(GLOBAL);
  hub.bindings.put(aClusterSetBinding({ set: 'global' }));
  for (const [name, free] of Object.entries({ a: 1, b: 2, c: 3 })) {
    hub.clusters.put(aCluster({ name }));
    const validUntil = '2026-01-31T12:00:02Z';
    hub.scores.put(anAddOnPlacementScore({ namespace: name, name: 'usage', scores: { free }, validUntil }));
  }
  hub.placements.put(aPlacement({ name: 'p', spec: BY_SCORE }));

  expect(await controller.reconcile('default/p', never)).toMatchObject({ kind: 'retry' });
  expect(hub.slices.list().map(decidedClusters)).toEqual([['a', 'b']]);
  expect(events.map(({ reason, type, note }) => [reason, type, note.split(': ').at(-1)]).slice(1)).toEqual([
    ['DecisionUpdate', 'Warning', 'AddOnPlacementScores a/usage b/usage c/usage expired in plugin AddOn/usage/free'],
    ['ScoreUpdate', 'Normal', 'a:0 b:0 c:0 '],
  ]);
});

test('a slice that has lost its label and its clusters gets both back, and is not asked for in a hot loop when it cannot be written', async () => {
  const hub = memoryHub();
  const clock = new MemoryClock();
  const context = memoryContext(hub, clock);
  hub.sets.put(GLOBAL);
  hub.bindings.put(aClusterSetBinding({ set: 'global' }));
  hub.clusters.put(aCluster({ name: 'a' }));
  hub.placements.put(aPlacement({ name: 'p', spec: { prioritizerPolicy: { mode: 'Exact' } } }));
  const stripped = aPlacementDecision({ placement: 'p', clusters: [], labels: { [labels.placement]: '' } });
  hub.slices.put(stripped);

  const refusing = { ...context.live.slices, patchStatus: () => Promise.reject(new Error('forbidden')) };
  const cut = placementController({ ...context, live: { ...context.live, slices: refusing } });
  await cut.reconcile('default/p', never);
  const asked: string[] = [];
  const stops = cut.watches.map((watch) => watch.start((key) => asked.push(key)));
  clock.advance(1000);
  asked.splice(0);
  expect(await cut.reconcile('default/p', never)).toMatchObject({ kind: 'retry', error: { errors: [{}] } });
  clock.advance(1000);
  expect(asked).toEqual([]);
  for (const stop of stops) stop();

  const controller = placementController(context);
  expect(await controller.reconcile('default/p', never)).toEqual({ kind: 'requeue', afterMs: 0 });
  expect(hub.slices.list().map(decidedClusters)).toEqual([['a']]);
  expect(await controller.reconcile('default/p', never)).toEqual({ kind: 'done' });
  expect(hub.slices.list().map(({ metadata }) => metadata.labels?.[labels.placement])).toEqual(['p']);
});

test('events that hang hold up nothing', async () => {
  const hub = memoryHub();
  const clock = new MemoryClock();
  const recorder = { record: () => new Promise<void>(() => undefined) };
  const events = new BackgroundEvents(recorder, { clock, log: silentLogger });
  const controller = placementController(memoryContext(hub, clock, { events }));
  hub.sets.put(GLOBAL);
  hub.bindings.put(aClusterSetBinding({ set: 'global' }));
  hub.clusters.put(aCluster({ name: 'a' }));
  hub.placements.put(aPlacement({ name: 'p' }));
  expect(await controller.reconcile('default/p', never)).toEqual({ kind: 'done' });
  expect(hub.slices.list().map(decidedClusters)).toEqual([['a']]);
});

test('groups are made once for what is selected, and anew when that changes', async () => {
  const hub = memoryHub();
  const controller = placementController(memoryContext(hub, new MemoryClock()));
  hub.sets.put(GLOBAL);
  hub.bindings.put(aClusterSetBinding({ set: 'global' }));
  hub.clusters.put(aCluster({ name: 'a', labels: { env: 'canary' } }));
  let asked = 0;
  const canary = {
    groupName: 'canary',
    get groupClusterSelector() {
      asked += 1;
      return { labelSelector: { matchLabels: { env: 'canary' } } };
    },
  };
  const decisionStrategy = { groupStrategy: { decisionGroups: [canary] } };
  hub.placements.put(aPlacement({ name: 'p', spec: { prioritizerPolicy: { mode: 'Exact' }, decisionStrategy } }));
  await controller.reconcile('default/p', never);
  asked = 0;
  for (let pass = 0; pass < 3; pass += 1) await controller.reconcile('default/p', never);
  // Once more at most: what the first pass has written counts from then on.
  expect(asked).toBeLessThanOrEqual(1);
  hub.clusters.put(aCluster({ name: 'a' }));
  await controller.reconcile('default/p', never);
  await controller.reconcile('default/p', never);
  expect(hub.slices.list().map(({ metadata }) => metadata.labels?.[labels.decisionGroupName])).toEqual(['']);
});
