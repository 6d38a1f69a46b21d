import { silentLogger } from '@ocm/kube';
import { aCluster, aClusterSetBinding, aPlacement } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { MemoryClock, memoryHub } from '../../test/memory-hub.ts';
import { GLOBAL } from '../../test/placement-world.ts';
import { placementTriggers } from './placement-triggers.ts';

/** The triggers over an empty hub, and what they have called and logged since last asked. */
function setUp() {
  const hub = memoryHub();
  const clock = new MemoryClock();
  const logged: object[] = [];
  const keys: string[] = [];
  const log = { ...silentLogger, debug: (fields: object) => void logged.push(fields) };
  for (const source of placementTriggers(hub, { clock, log })) source.start((key) => keys.push(key));
  return {
    hub,
    clock,
    called: () => keys.splice(0).toSorted(),
    logged: () => logged.splice(0),
  };
}

test('a binding that comes or goes concerns every Placement of its namespace, also those that want other sets', () => {
  const { hub, called } = setUp();
  hub.sets.put(GLOBAL);
  hub.placements.put(aPlacement({ name: 'any' }));
  hub.placements.put(aPlacement({ name: 'other', spec: { clusterSets: ['east'] } }));
  hub.placements.put(aPlacement({ name: 'far', namespace: 'far' }));
  called();
  hub.bindings.put(aClusterSetBinding({ set: 'global' }));
  expect(called()).toEqual(['default/any', 'default/other']);
  hub.sets.remove('global');
  expect(called()).toEqual(['default/any', 'default/other']);
  hub.sets.put(GLOBAL);
  called();
  // What changes in the set itself concerns only who may draw from it.
  hub.sets.put(GLOBAL);
  expect(called()).toEqual(['default/any']);
});

test('the log says what has called a Placement', () => {
  const { hub, clock, logged } = setUp();
  hub.sets.put(GLOBAL);
  hub.bindings.put(aClusterSetBinding({ set: 'global' }));
  hub.placements.put(aPlacement({ name: 'p' }));
  expect(logged()).toEqual([{ placement: 'default/p', cause: 'placement' }]);
  hub.clusters.put(aCluster({ name: 'a' }));
  clock.advance(1000);
  expect(logged()).toEqual([{ placement: 'default/p', cause: 'cluster' }]);
});

test('what only expressions can see of a cluster concerns only Placements with expressions', () => {
  const { hub, clock, called } = setUp();
  hub.sets.put(GLOBAL);
  hub.bindings.put(aClusterSetBinding({ set: 'global' }));
  hub.clusters.put(aCluster({ name: 'a' }));
  const celSelector = { celExpressions: ['"x" in managedCluster.metadata.annotations'] };
  hub.placements.put(aPlacement({ name: 'cel', spec: { predicates: [{ requiredClusterSelector: { celSelector } }] } }));
  hub.placements.put(aPlacement({ name: 'plain' }));
  clock.advance(1000);
  called();
  hub.clusters.put(aCluster({ name: 'a', annotations: { x: 'y' } }));
  clock.advance(1000);
  expect(called()).toEqual(['default/cel']);
  hub.clusters.put(aCluster({ name: 'a', taints: [{ key: 'k', effect: 'NoSelect' }] }));
  clock.advance(1000);
  expect(called()).toEqual(['default/cel', 'default/plain']);
});
