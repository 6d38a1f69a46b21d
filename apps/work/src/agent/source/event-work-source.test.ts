import { describe, expect, test } from '@jest/globals';
import { finalizers, type ManifestWork } from '@ocm/api';
import {
  answerSpecResync,
  bundleEvent,
  type CloudEvent,
  decodeHeldVersions,
  type EventLink,
  type EventTransport,
  type LinkOptions,
  parseEventType,
  workOfBundleStatus,
} from '@ocm/cloudevents';
import { type Clock, type ObjectEvent, silentLogger, systemClock } from '@ocm/kube';
import { aConfigMap, aManifestWork, until } from '@ocm/testing';
import { workToApply } from '../apply/apply-trigger.ts';
import { eventWorkDriver } from './event-work-driver.ts';
import type { WorkSource } from './work-source.ts';

const quick: Clock = {
  now: () => new Date(Date.now() * 50),
  sleep: (ms, signal) => systemClock.sleep(ms / 50, signal),
  schedule: (ms, callback, options) => systemClock.schedule(ms / 50, callback, options),
};

function aWork(name: string, generation = 1): ManifestWork {
  const { metadata, ...rest } = aManifestWork({ name, namespace: 'cluster1', manifests: [aConfigMap({ name })] });
  return { ...rest, metadata: { ...metadata, uid: `uid-${name}`, generation } };
}

/** A hub at the other end of a transport without a network. */
class NearHub implements EventTransport {
  readonly address = 'hub.example.com:443';
  readonly works = new Map<string, ManifestWork>();
  /** Each `source type` that came. */
  readonly heard: string[] = [];
  readonly statuses: ManifestWork[] = [];
  isUp = true;
  answers = true;
  #links = new Set<{ readonly onEvent: LinkOptions['onEvent']; readonly end: (error: Error) => void }>();

  constructor(...works: readonly ManifestWork[]) {
    for (const work of works) this.works.set(work.metadata.name, work);
  }

  async connect({ onEvent }: LinkOptions): Promise<EventLink> {
    if (!this.isUp) throw new Error('the hub is down');
    const ended = Promise.withResolvers<Error>();
    const link = { onEvent, end: ended.resolve };
    this.#links.add(link);
    const close = (): void => ended.resolve(new Error('closed'));
    return { ended: ended.promise, close, publish: async (event) => this.#take(event) };
  }

  async reloadCredential(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}

  tell(work: ManifestWork, action: 'update_request' | 'resync_response' = 'update_request'): void {
    const event = bundleEvent(work, action, { id: 'id', source: 'kube', time: new Date() });
    for (const { onEvent } of this.#links) onEvent(event);
  }

  goDown(): void {
    this.isUp = false;
    for (const { end } of this.#links) end(new Error('the hub is down'));
    this.#links = new Set();
  }

  #take(event: CloudEvent): void {
    this.heard.push(`${event.source} ${event.type.split('.').slice(-2).join('.')}`);
    if (parseEventType(event.type).action !== 'resync_request') {
      this.statuses.push(workOfBundleStatus(event));
      return;
    }
    if (!this.answers) throw new Error('not yet');
    const present = [...this.works.values()].map((work) => {
      const { uid: resourceId = '', generation = 0 } = work.metadata;
      return { work, resourceId, version: BigInt(generation), isDeleting: false };
    });
    for (const { work } of answerSpecResync(present, decodeHeldVersions(event.data)).changed) {
      this.tell(work, 'resync_response');
    }
  }
}

const { signal } = new AbortController();

/** A source that serves until the end of the test; `news` are the events of its cache. */
async function serve(hub: NearHub) {
  const driver = eventWorkDriver(hub, { clusterName: 'cluster1', clientId: 'c', clock: quick, log: silentLogger });
  const opened = Promise.withResolvers<WorkSource>();
  const over = new AbortController();
  const news: ObjectEvent<ManifestWork>[] = [];
  const served = driver.serve(async (source) => {
    const watch = source.events((event) => {
      news.push(event);
      return undefined;
    });
    watch.start(() => undefined);
    opened.resolve(source);
    await watch.informer?.run(over.signal);
  });
  const source = await opened.promise;
  return {
    driver,
    source,
    news,
    async [Symbol.asyncDispose]() {
      over.abort();
      await served;
      await driver[Symbol.asyncDispose]();
    },
  };
}

describe('works over events', () => {
  test('nothing counts as absent before the hub has said what there is', async () => {
    const hub = new NearHub(aWork('a'));
    hub.answers = false;
    await using served = await serve(hub);
    const { source } = served;
    await until(() => hub.heard.length > 1, { describe: 'resync is asked for again' });
    await expect(source.read('a', { signal })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(source.read('nothing', { signal })).rejects.toMatchObject({ code: 'unavailable' });
    hub.answers = true;
    await until(() => source.get('a'), { describe: 'the work' });
    expect(await source.read('a', { signal })).toMatchObject({ metadata: { name: 'a', generation: 1 } });
    expect(await source.read('nothing', { signal })).toBeUndefined();
  });

  test('finalizers stay here, status goes out under the name of the work agent', async () => {
    const hub = new NearHub(aWork('a'));
    await using served = await serve(hub);
    const { source } = served;
    const seen = await until(() => source.get('a'), { describe: 'the work' });
    const kept = await source.patchFinalizers(seen, [finalizers.work], { signal });
    expect(hub.heard).toEqual(['cluster1-work-agent spec.resync_request']);
    const conditions = [
      { type: 'Applied', status: 'True', reason: 'R', message: '', lastTransitionTime: '2026-01-31T09:00:00Z' },
    ] as const;
    const written = await source.patchStatus(kept, { conditions }, { signal });
    expect(hub.heard.at(-1)).toBe('cluster1-work-agent status.update_request');
    expect(hub.statuses).toMatchObject([{ metadata: { name: 'a', generation: 1 }, status: { conditions } }]);
    expect(written).toMatchObject({ metadata: { finalizers: [finalizers.work] }, status: { conditions } });
    await source.patchStatus(written, { conditions }, { signal });
    expect(hub.statuses).toHaveLength(1);
    await expect(source.patchStatus(seen, {}, { signal })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('while the hub is away its works stay, and nobody learns that one is gone', async () => {
    const hub = new NearHub(aWork('a'));
    await using served = await serve(hub);
    const { source, driver } = served;
    await until(() => source.get('a'), { describe: 'the work' });
    expect(driver.health[0]?.note?.()).toBeUndefined();
    hub.goDown();
    await until(() => driver.health[0]?.note?.(), { describe: 'the loss is noticed' });
    expect(source.get('a')).toBeDefined();
    await expect(source.read('gone', { signal })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await driver.health[0]?.check(signal)).toBeUndefined();
  });

  test('after a reconnection only what has changed is news, and nothing is reported', async () => {
    const hub = new NearHub(aWork('a'), aWork('b'));
    await using served = await serve(hub);
    const { source, news } = served;
    await until(() => source.get('a') && source.get('b'), { describe: 'the works' });
    const before = news.length;
    hub.goDown();
    hub.works.set('b', aWork('b', 2));
    hub.isUp = true;
    await until(() => source.get('b')?.metadata.generation === 2, { describe: 'the change' });
    expect(news.slice(before)).toMatchObject([{ type: 'updated', object: { metadata: { name: 'b' } } }]);
    expect(hub.heard.filter((type) => type.includes('status'))).toEqual([]);
  });

  test('a work that is told again as it was is not applied again', async () => {
    const hub = new NearHub(aWork('a'));
    await using served = await serve(hub);
    const { source, news } = served;
    const seen = await until(() => source.get('a'), { describe: 'the work' });
    await source.patchFinalizers(seen, [finalizers.work], { signal });
    await until(() => source.get('a')?.metadata.finalizers, { describe: 'the finalizer' });
    const before = news.length;
    hub.tell(aWork('a'));
    hub.tell(aWork('marker'));
    await until(() => source.get('marker'), { describe: 'what was told later' });
    const again = news.slice(before).filter(({ object }) => object.metadata.name === 'a');
    expect(again.map(workToApply)).toEqual(again.map(() => undefined));
  });
});
