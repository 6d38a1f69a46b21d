import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Condition, ManagedCluster, setCondition } from '@ocm/api';
import { aCluster, type ControlPlane, type FaultProxy, startControlPlane, startFaultProxy, until } from '@ocm/testing';
import {
  connect,
  type Controller,
  defineController,
  done,
  informer,
  type KubeClient,
  requeueAfter,
  run,
  trigger,
} from '../src/index.ts';
import { recordingLogger } from './recording-logger.ts';

const stop = new AbortController();
const { signal } = stop;
let cp: ControlPlane;
let proxy: FaultProxy;
let client: KubeClient;

beforeAll(async () => {
  cp = await startControlPlane();
  proxy = await startFaultProxy({ controlPlane: cp });
  client = await connectTo(cp.url);
});
afterAll(async () => {
  stop.abort();
  await proxy?.close();
  await cp?.stop();
});

function typesOf(conditions: readonly Condition[] = []): readonly string[] {
  return conditions.map(({ type }) => type).toSorted((a, b) => a.localeCompare(b));
}

async function connectTo(server: string): Promise<KubeClient> {
  const text = await cp.kubeconfig('admin', { server });
  return connect({ kind: 'text', text, directory: cp.directory }, { userAgent: 'run-test', signal });
}

/** Runs controllers until disposed of. */
function running(
  controllers: readonly Controller[],
): AsyncDisposable & { readonly log: ReturnType<typeof recordingLogger> } {
  const end = new AbortController();
  const log = recordingLogger();
  const ended = run(controllers, { signal: end.signal, log });
  return {
    log,
    async [Symbol.asyncDispose]() {
      end.abort();
      await ended;
    },
  };
}

test('[work 5.4] writers that share one status all get their part in, and nobody calls that an error', async () => {
  const writers = ['One', 'Two', 'Three', 'Four'];
  const names = Array.from({ length: 10 }, (_, index) => `shared-${index}`);
  const resource = client.kind(ManagedCluster);
  const clusters = informer(resource, { keep: ({ metadata }) => names.includes(metadata.name) });
  const controllers = writers.map((type) =>
    defineController({
      name: type,
      watches: [clusters.events(({ object }) => object.metadata.name)],
      async reconcile(name, signal) {
        const cluster = clusters.get(name);
        if (cluster === undefined) return done();
        const conditions = setCondition(
          cluster.status?.conditions,
          { type, status: 'True', reason: 'Written', message: '' },
          new Date(),
        );
        await resource.patchStatus(cluster, { ...cluster.status, conditions }, { signal });
        return done();
      },
    }),
  );
  await using manager = running(controllers);
  await Promise.all(names.map((name) => resource.create(aCluster({ name }), { signal })));
  await until(() => names.every((name) => clusters.get(name)?.status?.conditions?.length === writers.length), {
    describe: 'every cluster has the conditions of all writers',
    signal,
  });
  for (const name of names) {
    const { status } = await resource.get(name, { signal });
    expect(typesOf(status?.conditions)).toEqual(writers.toSorted((a, b) => a.localeCompare(b)));
  }
  const { lines } = manager.log;
  expect(lines.filter(({ message }) => message === 'conflict: will retry')).not.toEqual([]); // else nothing was shown
  expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
});

test('a change overtakes the first list, and the cache holds it when it is reconciled', async () => {
  const resource = client.kind(ManagedCluster);
  const names = Array.from({ length: 50 }, (_, index) => `fleet-${index}`);
  await Promise.all(names.map((name) => resource.create(aCluster({ name }), { signal })));
  const clusters = informer(resource, { keep: ({ metadata }) => metadata.name.startsWith('fleet-') });
  const order: string[] = [];
  const isOpen = Promise.withResolvers<void>();
  const controller = defineController({
    name: 'fleet',
    watches: [clusters.events(({ object }) => object.metadata.name)],
    workers: 1,
    async reconcile(name) {
      order.push(name);
      if (order.length === 1) await isOpen.promise;
      return done();
    },
  });
  await using _ = running([controller]);
  await until(() => order.length === 1, { describe: 'the first key runs', signal });
  await resource.create(aCluster({ name: 'fleet-new' }), { signal });
  await until(() => clusters.get('fleet-new'), { describe: 'the new one is in the cache', signal });
  isOpen.resolve();
  await until(() => order.length === 51, { describe: 'all keys have run', signal });
  expect(order[1]).toBe('fleet-new');
});

test('a write in hand is finished when the signal fires', async () => {
  const resource = (await connectTo(proxy.url)).kind(ManagedCluster);
  const source = trigger();
  const end = new AbortController();
  const latency = proxy.inject({ fault: { kind: 'latency', ms: 1000 }, when: { name: 'late', verb: 'patch' } });
  await resource.create(aCluster({ name: 'late' }), { signal });
  const ended = run(
    [
      defineController({
        name: 'slow',
        watches: [source],
        async reconcile(name, signal) {
          const written = resource.mergePatch(name, { metadata: { labels: { written: 'yes' } } }, { signal });
          await until(() => latency.hits === 1, { describe: 'the write is on its way', signal });
          end.abort();
          await written;
          return requeueAfter(1);
        },
      }),
    ],
    { signal: end.signal, log: recordingLogger() },
  );
  source.enqueue('late');
  await ended;
  latency.remove();
  const { metadata } = await resource.get('late', { signal });
  expect(metadata.labels).toMatchObject({ written: 'yes' });
  expect(latency.hits).toBe(1);
});
