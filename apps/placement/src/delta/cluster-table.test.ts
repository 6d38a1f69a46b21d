import { aCluster } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { ClusterTable } from './cluster-table.ts';

function tableOf(...names: readonly string[]): ClusterTable {
  const table = new ClusterTable();
  for (const name of names) table.put(aCluster({ name }));
  return table;
}

function orderOf(table: ClusterTable): readonly string[] {
  return table.ordered().map((id) => table.nameOf(id));
}

test('[placement 55] clusters are ordered by the bytes of their names, whenever they come', () => {
  const table = tableOf('cluster2', 'cluster10', 'b');
  expect(orderOf(table)).toEqual(['b', 'cluster10', 'cluster2']);
  table.put(aCluster({ name: 'cluster1' }));
  table.put(aCluster({ name: 'Z' }));
  table.remove('cluster10');
  expect(orderOf(table)).toEqual(['Z', 'b', 'cluster1', 'cluster2']);
});

test('tells what has changed since a revision: clusters that came, changed, were touched, and went', () => {
  const table = tableOf('a', 'b', 'c');
  const { revision } = table;
  const ids = ['a', 'b', 'c'].map((name) => table.idOf(name));
  table.put(aCluster({ name: 'b', labels: { env: 'x' } }));
  table.touch('c');
  table.touch('unknown');
  table.remove('a');
  expect(table.changedSince(revision)).toEqual([ids[1], ids[2], ids[0]]);
  expect(table.changedSince(table.revision)).toEqual([]);
});

test('what lies too far back is forgotten', () => {
  const table = tableOf('a');
  for (let round = 0; round < 50_000; round += 1) table.touch('a');
  expect(table.changedSince(1)).toBeUndefined();
  expect(table.changedSince(table.revision - 1)).toHaveLength(1);
});

test('the id of a cluster that is gone goes to another one only when everybody has had to notice', () => {
  const table = tableOf('a', 'b');
  const id = table.idOf('a');
  table.remove('a');
  table.put(aCluster({ name: 'new' }));
  expect(table.idOf('new')).not.toBe(id);
  for (let round = 0; round < 50_000; round += 1) table.touch('b');
  table.put(aCluster({ name: 'newer' }));
  expect(table.idOf('newer')).toBe(id);
});

test('a name stays known while decisions mention it, with or without a cluster', () => {
  const table = tableOf('a');
  const id = table.hold('a');
  table.remove('a');
  expect([table.idOf('a'), table.cluster(id)]).toEqual([id, undefined]);
  table.release(id);
  expect(table.idOf('a')).toBeUndefined();
});

test('[placement 51] only who reports allocatable and capacity takes part in resources', () => {
  const table = tableOf();
  table.put(aCluster({ name: 'a', allocatable: { cpu: '1500m' }, capacity: { cpu: '2' } }));
  table.put(aCluster({ name: 'b', allocatable: { cpu: '4' } }));
  const cpu = ['a', 'b'].map((name) => table.amounts('cpu')[table.idOf(name) ?? -1]);
  expect(cpu).toEqual([1.5, NaN]);
});

test('grows with the fleet', () => {
  const table = tableOf(...Array.from({ length: 1000 }, (_, index) => `c${index}`));
  expect(table.capacity).toBeGreaterThanOrEqual(1000);
  expect(table.ordered()).toHaveLength(1000);
});
