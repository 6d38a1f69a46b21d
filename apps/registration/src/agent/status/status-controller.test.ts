import { describe, expect, test } from '@jest/globals';
import type { ManagedCluster, ManagedClusterStatus } from '@ocm/api';
import { type EventReport, silentLogger } from '@ocm/kube';
import { aCluster, aCondition } from '@ocm/testing';
import { statusController } from './status-controller.ts';
import type { StageResult, StatusStage } from './status-stage.ts';

const { signal } = new AbortController();

interface Hub {
  readonly written: ManagedClusterStatus[];
  readonly events: EventReport[];
}

async function reconcile(
  cluster: ManagedCluster | undefined,
  stages: readonly StatusStage[],
): Promise<Hub & { readonly outcome: unknown }> {
  const written: ManagedClusterStatus[] = [];
  const events: EventReport[] = [];
  const hub = {
    clusters: {
      find: () => Promise.resolve(cluster),
      patchStatus: (seen: ManagedCluster, status: ManagedClusterStatus) => {
        written.push(status);
        return Promise.resolve({ ...seen, status });
      },
    },
    ownCluster: { get: () => cluster } as never,
    events: {
      record: (event: EventReport) => {
        events.push(event);
        return Promise.resolve();
      },
    },
  };
  const controller = statusController({ hub, stages, watches: [], log: silentLogger });
  return { written, events, outcome: await controller.reconcile('c1', signal) };
}

const claim =
  (name: string, result: Partial<StageResult> = {}): StatusStage =>
  ({ status = {} }) => {
    const clusterClaims = [...(status.clusterClaims ?? []), { name, value: 'x' }];
    return Promise.resolve({ kind: 'continue', ...result, status: { ...status, clusterClaims } } as StageResult);
  };

const names = ({ written }: Hub): unknown => written.map(({ clusterClaims }) => clusterClaims?.map(({ name }) => name));

describe('statusController', () => {
  test('all stages together write once', async () => {
    const hub = await reconcile(aCluster(), [claim('a'), claim('b')]);
    expect(names(hub)).toEqual([['a', 'b']]);
    expect(hub.outcome).toEqual({ kind: 'done' });
  });

  test('a stage that stops keeps what was made before it, and may ask for another look', async () => {
    const hub = await reconcile(aCluster(), [claim('a'), claim('b', { kind: 'stop', recheckMs: 5000 }), claim('c')]);
    expect(names(hub)).toEqual([['a', 'b']]);
    expect(hub.outcome).toEqual({ kind: 'requeue', afterMs: 5000 });
  });

  test('errors of stages are retried after the status was written', async () => {
    const one = new Error('one');
    const two = new Error('two');
    const hub = await reconcile(aCluster(), [claim('a', { error: one }), claim('b', { error: two, kind: 'stop' })]);
    expect(names(hub)).toEqual([['a', 'b']]);
    expect(hub.outcome).toMatchObject({ kind: 'retry', error: { message: 'one; two' } });
  });

  test('[registration 36] nothing is written while the clock is out of sync', async () => {
    const cluster = aCluster({ conditions: [{ type: 'ManagedClusterConditionClockSynced', status: 'False' }] });
    await expect(reconcile(cluster, [claim('a')])).resolves.toMatchObject({ written: [], outcome: { kind: 'done' } });
  });

  test('a cluster that is not there is waited for', async () => {
    await expect(reconcile(undefined, [claim('a')])).resolves.toMatchObject({ written: [], outcome: { kind: 'done' } });
  });

  test.each([
    { before: undefined, after: 'True', want: ['Normal Available'] },
    { before: 'Unknown', after: 'True', want: ['Normal Available'] },
    { before: 'True', after: 'True', want: [] },
    { before: 'True', after: 'False', want: ['Warning Unavailable'] },
  ] as const)('from Available=$before to $after the events are $want', async ({ before, after, want }) => {
    const available = 'ManagedClusterConditionAvailable';
    const stage: StatusStage = ({ status }) =>
      Promise.resolve({
        kind: 'continue',
        status: { ...status, conditions: [aCondition({ type: available, status: after })] },
      });
    const conditions = before === undefined ? [] : [{ type: available, status: before }];
    const hub = await reconcile(aCluster({ conditions }), [stage]);
    expect(hub.events.map(({ type, reason }) => `${type} ${reason}`)).toEqual(want);
  });
});
