import { setImmediate } from 'node:timers/promises';
import { clusterConditions, type ManagedCluster } from '@ocm/api';
import type { WatchEvent } from '@ocm/kube';
import { expect, test } from '@jest/globals';
import { runWhileAccepted } from './run-while-accepted.ts';

type News = WatchEvent<ManagedCluster>;

const { accepted, denied } = clusterConditions.hubAccepted;
const lastTransitionTime = '2026-03-01T12:00:00Z';
const newCluster: ManagedCluster = { metadata: { name: 'c1' } };
const acceptedCluster = { ...newCluster, status: { conditions: [{ ...accepted, lastTransitionTime }] } };
const deniedCluster = { ...newCluster, status: { conditions: [{ ...denied, lastTransitionTime }] } };

/** Runs until the news are read, and notes what was served after each. */
async function servedAfter(news: readonly News[]): Promise<readonly string[]> {
  const stopping = new AbortController();
  const log: string[] = [];
  const clusters = {
    async *watch(): AsyncGenerator<News> {
      for (const event of news) {
        yield event;
        await setImmediate();
        log.push(event.type);
      }
      stopping.abort();
      throw stopping.signal.reason;
    },
  };
  const serve = async (signal: AbortSignal): Promise<void> => {
    log.push('begin');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    log.push('end');
  };
  await runWhileAccepted(clusters, serve, stopping.signal);
  return log;
}

test('it begins with the acceptance, ends with the denial, and begins again', async () => {
  const log = await servedAfter([
    { type: 'ADDED', object: newCluster },
    { type: 'BOOKMARK', resourceVersion: '0' },
    { type: 'MODIFIED', object: acceptedCluster },
    { type: 'MODIFIED', object: acceptedCluster },
    { type: 'MODIFIED', object: deniedCluster },
    { type: 'MODIFIED', object: acceptedCluster },
  ]);
  expect(log).toEqual([
    'ADDED',
    'BOOKMARK',
    'begin',
    'MODIFIED',
    'MODIFIED',
    'end',
    'MODIFIED',
    'begin',
    'MODIFIED',
    'end',
  ]);
});

test('[cloudevents-grpc trap 38] the agent of a cluster that is being deleted goes on', async () => {
  const log = await servedAfter([
    { type: 'ADDED', object: acceptedCluster },
    { type: 'DELETED', object: acceptedCluster },
  ]);
  expect(log).toEqual(['begin', 'ADDED', 'DELETED', 'end']);
});

test('what goes wrong with the watch is not hidden', async () => {
  const clusters = {
    async *watch(): AsyncGenerator<News> {
      yield { type: 'ADDED', object: newCluster };
      throw new Error('no watch');
    },
  };
  const { signal } = new AbortController();
  await expect(runWhileAccepted(clusters, async () => undefined, signal)).rejects.toThrow('no watch');
});
