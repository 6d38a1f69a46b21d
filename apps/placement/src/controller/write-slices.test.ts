import type { PlacementDecision } from '@ocm/api';
import { KubeError, type Resource } from '@ocm/kube';
import { aPlacement, aPlacementDecision } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import type { SliceWrite } from '../decisions/plan-slice-writes.ts';
import { type SliceFailures, writeSlices } from './write-slices.ts';

interface Written {
  readonly failures: SliceFailures;
  readonly told: readonly string[];
  /** Slices as the server has them: clusters by name. */
  readonly stored: Readonly<Record<string, string>>;
}

/** Carries out writes on a server that holds p-decision-1 (a, b) and p-decision-2 (c), and refuses to write some slices. */
async function carryOut(
  writes: readonly SliceWrite[],
  refused: Readonly<Record<string, KubeError>> = {},
): Promise<Written> {
  const store = new Map<string, PlacementDecision>();
  for (const [index, clusters] of [['a', 'b'], ['c']].entries()) {
    const slice = aPlacementDecision({ placement: 'p', slice: index + 1, clusters });
    store.set(slice.metadata.name, slice);
  }
  const put = (slice: PlacementDecision): Promise<PlacementDecision> => {
    const error = refused[slice.metadata.name];
    if (error !== undefined) return Promise.reject(error);
    store.set(slice.metadata.name, slice);
    return Promise.resolve(slice);
  };
  const slices: Partial<Resource<PlacementDecision>> = {
    create: (slice) => put(slice as PlacementDecision),
    patchStatus: (seen, status) => put({ ...seen, status }),
    delete(ref) {
      const name = typeof ref === 'string' ? ref : ref.name;
      const error = refused[name];
      if (error !== undefined) return Promise.reject(error);
      store.delete(name);
      return Promise.resolve('gone');
    },
  };
  const told: string[] = [];
  const failures = await writeSlices(
    writes,
    {
      placement: aPlacement({ name: 'p' }),
      slices: slices as Resource<PlacementDecision>,
      cache: { get: (ref) => store.get(typeof ref === 'string' ? ref : ref.name), learn() {}, learnDeleted() {} },
      tell: (news, { metadata }) => told.push(`${news} ${metadata.name.at(-1)}`),
    },
    new AbortController().signal,
  );
  const stored = [...store.values()].map(({ metadata, status }): [string, string] => [
    metadata.name.slice(-1),
    (status?.decisions ?? []).map(({ clusterName }) => clusterName).join(''),
  ]);
  return { failures, told, stored: Object.fromEntries(stored) };
}

const conflict = new KubeError('somebody else wrote', { code: 'conflict' });
const decide = (slice: number, clusters: string, after: readonly number[] = []): SliceWrite => ({
  kind: 'decide',
  slice: `p-decision-${slice}`,
  clusters: clusters.split(''),
  after: after.map((number) => `p-decision-${number}`),
});
const create = (slice: number, clusters: string): SliceWrite => ({
  ...decide(slice, clusters),
  kind: 'create',
  labels: {},
  clusters: clusters.split(''),
});
const remove = (slice: number, after: readonly number[] = []): SliceWrite => ({
  kind: 'delete',
  slice: `p-decision-${slice}`,
  after: after.map((number) => `p-decision-${number}`),
});

describe('planned writes', () => {
  test('are carried out in their order, and each is told', async () => {
    const { failures, told, stored } = await carryOut([create(3, 'd'), decide(1, 'ab'), remove(2)]);
    expect(failures).toEqual({ writes: [], deletions: [] });
    expect(told).toEqual(['created 3', 'updated 3', 'updated 1', 'deleted 2']);
    expect(stored).toEqual({ 1: 'ab', 3: 'd' });
  });

  test('a second write to a slice is made on the first', async () => {
    const { stored } = await carryOut([create(3, 'bc'), decide(3, 'c')]);
    expect(stored['3']).toBe('c');
  });

  test('one that fails does not hold up the others, and is not told', async () => {
    const { failures, told, stored } = await carryOut([decide(1, 'x'), decide(2, 'y')], { 'p-decision-1': conflict });
    expect(failures.writes).toEqual([
      expect.objectContaining({ message: 'decide of PlacementDecision default/p-decision-1', cause: conflict }),
    ]);
    expect(told).toEqual(['updated 2']);
    expect(stored).toEqual({ 1: 'ab', 2: 'y' });
  });

  test('who gives up a cluster keeps it when the receiver could not be written', async () => {
    const writes = [decide(2, 'bc'), decide(1, 'a', [2]), remove(1, [2])];
    const { failures, told, stored } = await carryOut(writes, { 'p-decision-2': conflict });
    expect(failures.writes).toHaveLength(1);
    expect(told).toEqual([]);
    expect(stored).toEqual({ 1: 'ab', 2: 'c' });
  });

  test('a deletion of what is gone is one, any other failure of it is reported apart', async () => {
    const gone = await carryOut([remove(2)], { 'p-decision-2': new KubeError('gone', { code: 'not-found' }) });
    expect([gone.failures, gone.told]).toEqual([{ writes: [], deletions: [] }, ['deleted 2']]);
    const { failures, told } = await carryOut([remove(1), remove(2)], { 'p-decision-1': conflict });
    expect(failures.deletions).toHaveLength(1);
    expect(told).toEqual(['deleted 2']);
  });
});
