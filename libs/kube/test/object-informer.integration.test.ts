import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  CustomResourceDefinition,
  type Kind,
  type KubeObject,
  Namespace,
  semanticEqual,
} from '@ocm/api';
import {
  aClusterRole,
  aClusterRoleBinding,
  aConfigMap,
  aNamespace,
  type ControlPlane,
  type FaultProxy,
  startControlPlane,
  startFaultProxy,
  until,
} from '@ocm/testing';
import {
  connect,
  informer,
  type InformerOptions,
  type KubeClient,
  type ObjectEvent,
  parseExact,
  type Resource,
} from '../src/index.ts';
import { recordingLogger } from './recording-logger.ts';
import { recordingMetrics } from './recording-metrics.ts';

const FIRST_READ = /sendInitialEvents=true/;
const stop = new AbortController();
const { signal } = stop;
let cp: ControlPlane;
let proxy: FaultProxy;
/** Through the proxy. */
let client: KubeClient;
/** Past it. */
let admin: KubeClient;
let count = 0;

beforeAll(async () => {
  cp = await startControlPlane({ crds: false });
  proxy = await startFaultProxy({ controlPlane: cp });
  client = await connectAs('admin', proxy.url);
  admin = await connectAs('admin');
});
afterAll(async () => {
  stop.abort();
  await proxy?.close();
  await cp?.stop();
});

async function connectAs(identity: Parameters<ControlPlane['kubeconfig']>[0], server = cp.url): Promise<KubeClient> {
  const text = await cp.kubeconfig(identity, { server });
  return connect({ kind: 'text', text, directory: cp.directory }, { userAgent: 'informer-test', signal });
}

/** A namespace of its own for each test, with some ConfigMaps in it. */
async function withConfigMaps(size: number): Promise<string> {
  count += 1;
  const namespace = `informer-${count}`;
  await admin.kind(Namespace).create(aNamespace({ name: namespace }), { signal });
  await Promise.all(Array.from({ length: size }, (_, index) => create(namespace, `map-${index}`)));
  return namespace;
}

function create(namespace: string, name: string): Promise<ConfigMap> {
  return admin.kind(ConfigMap).create(aConfigMap({ namespace, name, data: { color: 'red' } }), { signal });
}

function paint(namespace: string, name: string, color: string): Promise<ConfigMap> {
  return admin.kind(ConfigMap).mergePatch({ namespace, name }, { data: { color } }, { signal });
}

interface Following<T extends KubeObject, Index extends string = never> extends AsyncDisposable {
  readonly cache: ReturnType<typeof informer<T, Index>>;
  readonly log: ReturnType<typeof recordingLogger>;
  /** The events since the last call, as `type name`. */
  heard(): string[];
}

function follow<T extends KubeObject, Index extends string = never>(
  resource: Resource<T>,
  options: InformerOptions<T, Index> = {},
): Following<T, Index> {
  const log = recordingLogger();
  const end = new AbortController();
  const cache = informer<T, Index>(resource, { log, ...options });
  const events: ObjectEvent<T>[] = [];
  cache.subscribe((event) => events.push(event));
  const running = cache.run(end.signal);
  return {
    cache,
    log,
    heard: () => events.splice(0).map(({ type, object }) => `${type} ${object.metadata.name}`),
    async [Symbol.asyncDispose]() {
      end.abort();
      await running;
    },
  };
}

/** Follows the ConfigMaps of a namespace; resolves when they are there. */
async function followConfigMaps<Index extends string = never>(
  namespace: string,
  options: InformerOptions<ConfigMap, Index> = {},
): Promise<Following<ConfigMap, Index>> {
  const following = follow(client.kind(ConfigMap), { namespace, ...options });
  await following.cache.waitForSync(signal);
  return following;
}

function requests(namespace: string): {
  readonly firstReads: number;
  readonly lists: number;
  readonly watches: number;
} {
  // A server that has just started may ask to be asked again (429).
  const all = proxy.requests({ resource: 'configmaps', namespace }).filter(({ status }) => status !== 429);
  const firstReads = all.filter(({ path }) => FIRST_READ.test(path)).length;
  const lists = all.filter(({ verb }) => verb === 'list').length;
  return { firstReads, lists, watches: all.length - firstReads - lists };
}

async function hasColor({ cache }: Following<ConfigMap>, name: string, color: string): Promise<void> {
  await until(() => cache.list().some(({ metadata, data }) => metadata.name === name && data?.['color'] === color), {
    describe: `${name} is ${color} in the cache`,
    signal,
  });
}

describe('the first read', () => {
  test('of more than 500 objects is one stream, where the server can do that', async () => {
    const namespace = await withConfigMaps(1100);
    await using following = await followConfigMaps(namespace);
    expect(following.cache.size).toBe(1100);
    expect(new Set(following.heard()).size).toBe(1100);
    expect(requests(namespace)).toEqual({ firstReads: 1, lists: 0, watches: 0 });
    await paint(namespace, 'map-7', 'blue');
    await hasColor(following, 'map-7', 'blue');
    expect(requests(namespace)).toEqual({ firstReads: 1, lists: 0, watches: 0 });
  });

  test('is a list in pages of 500 where it cannot', async () => {
    const namespace = await withConfigMaps(1100);
    using _ = disposable(proxy.inject({ fault: { kind: 'status', code: 422 }, when: { namespace, path: FIRST_READ } }));
    await using following = await followConfigMaps(namespace);
    expect(following.cache.size).toBe(1100);
    await paint(namespace, 'map-7', 'blue');
    await hasColor(following, 'map-7', 'blue');
    expect(requests(namespace)).toEqual({ firstReads: 1, lists: 3, watches: 1 });
  });

  test('gives frozen objects without managedFields, found by index', async () => {
    const namespace = await withConfigMaps(5);
    await using following = await followConfigMaps(namespace, {
      indexes: { color: ({ data }: ConfigMap) => (data?.['color'] === undefined ? [] : [data['color']]) },
    });
    const { cache } = following;
    const before = cache.get({ namespace, name: 'map-1' });
    expect(before?.metadata).not.toHaveProperty('managedFields');
    expect(Object.isFrozen(before) && Object.isFrozen(before?.metadata) && Object.isFrozen(before?.data)).toBe(true);
    expect(cache.by('color', 'red')).toHaveLength(5);
    await paint(namespace, 'map-1', 'blue');
    await until(() => cache.by('color', 'blue').length === 1, { describe: 'one is blue', signal });
    expect(cache.by('color', 'red')).toHaveLength(4);
    expect(before?.data).toEqual({ color: 'red' });
  });

  test('of metadata only holds no more than that', async () => {
    const namespace = await withConfigMaps(2);
    await using following = follow(client.kind(ConfigMap).metadata(), { namespace });
    await following.cache.waitForSync(signal);
    const object = following.cache.get({ namespace, name: 'map-0' });
    expect(object?.metadata.uid).toBeDefined();
    expect(object).not.toHaveProperty('data');
    await create(namespace, 'late');
    await until(() => following.cache.get({ namespace, name: 'late' }), { describe: 'the new one is there', signal });
  });
});

describe('an informer resumes without reading everything again when', () => {
  test.each([
    { what: 'the server ends the watch', spoil: () => proxy.breakWatches('end') },
    { what: 'the connection breaks', spoil: () => proxy.dropConnections() },
    { what: 'the API server restarts', spoil: () => cp.stopApiServer(), mend: () => cp.startApiServer() },
  ])('$what', async ({ spoil, mend }) => {
    const namespace = await withConfigMaps(3);
    const metrics = recordingMetrics();
    await using following = await followConfigMaps(namespace, { metrics });
    following.heard();
    await spoil();
    await mend?.();
    await until(async () => paint(namespace, 'map-1', 'blue'), { describe: 'a write succeeds', signal });
    await admin.kind(ConfigMap).delete({ namespace, name: 'map-2' }, { signal });
    await until(() => following.cache.size === 2, { describe: 'map-2 is gone from the cache', signal });
    await hasColor(following, 'map-1', 'blue');
    expect(new Set(following.heard())).toEqual(new Set(['updated map-1', 'deleted map-2']));
    // An API server that starts remembers nothing: if anything at all was written before, it says 410.
    const forgotten = mend === undefined ? 0 : metrics.told.filter((line) => line.endsWith(' expired')).length;
    expect(requests(namespace)).toMatchObject({ firstReads: 1 + forgotten, lists: 0 });
  });

  test('the watch goes silent', async () => {
    const namespace = await withConfigMaps(2);
    await using following = await followConfigMaps(namespace, { silenceMs: 1500 });
    const { firstReads, lists } = requests(namespace);
    // It looks for itself whether a quiet watch still lives, and for a moment has none.
    await until(() => proxy.breakWatches('silence', { namespace }) === 1, { describe: 'the watch is silent', signal });
    await paint(namespace, 'map-1', 'blue');
    await hasColor(following, 'map-1', 'blue');
    expect(requests(namespace)).toMatchObject({ firstReads, lists });
  });
});

test('after 410 it reads everything again, once, and tells the difference only', async () => {
  const namespace = await withConfigMaps(3);
  await using following = await followConfigMaps(namespace);
  following.heard();
  using _ = disposable(
    proxy.inject({ fault: { kind: 'drop-request' }, when: { namespace, path: FIRST_READ }, times: 1 }),
  );
  proxy.breakWatches('gone', { namespace });
  await paint(namespace, 'map-1', 'blue');
  await admin.kind(ConfigMap).delete({ namespace, name: 'map-2' }, { signal });
  await create(namespace, 'map-3');
  await hasColor(following, 'map-1', 'blue');
  const has = (name: string) => following.cache.get({ namespace, name }) !== undefined;
  await until(() => has('map-3') && !has('map-2'), { describe: 'the cache is complete', signal });
  expect(following.heard().toSorted((a, b) => a.localeCompare(b))).toEqual([
    'added map-3',
    'deleted map-2',
    'updated map-1',
  ]);
  expect(requests(namespace)).toMatchObject({ firstReads: 3, lists: 0 });
});

test('what a stale view holds back arrives in order when it thaws', async () => {
  const namespace = await withConfigMaps(2);
  await using following = await followConfigMaps(namespace);
  following.heard();
  await proxy.freezeView({ namespace });
  try {
    await paint(namespace, 'map-0', 'blue');
    await paint(namespace, 'map-1', 'blue');
    await paint(namespace, 'map-0', 'green');
    expect(following.heard()).toEqual([]);
  } finally {
    proxy.thawView();
  }
  await hasColor(following, 'map-0', 'green');
  expect(following.heard()).toEqual(['updated map-0', 'updated map-1', 'updated map-0']);
});

test('a kind whose CRD is installed later appears, and the log has said what is missing', async () => {
  const Widget: Kind = {
    group: 'test.io',
    version: 'v1',
    kind: 'Widget',
    plural: 'widgets',
    namespaced: false,
  };
  await using following = follow(client.kind(Widget));
  await until(() => following.log.lines.length > 0, { describe: 'something is logged', signal });
  expect(following.log.lines.filter(({ level }) => level === 'warn')).toEqual([
    {
      level: 'warn',
      fields: { resource: 'widgets.test.io' },
      message: 'API not served: install the CRD; will keep looking',
    },
  ]);
  await admin.kind(CustomResourceDefinition).create(crdOf(Widget), { signal });
  await until(() => following.cache.synced, { describe: 'the widgets are synced', signal });
  await admin.kind(Widget).create({ metadata: { name: 'w' } }, { signal });
  await until(() => following.cache.get('w'), { describe: 'the widget is there', signal });
  const recovered = expect.objectContaining({ level: 'info', message: 'list and watch work again' });
  expect(following.log.lines).toContainEqual(recovered);
});

interface Tree extends KubeObject {
  readonly spec: unknown;
}
const Tree: Kind<Tree> = { group: 'test.io', version: 'v1', kind: 'Tree', plural: 'trees', namespaced: false };

test('an object of 3,000 levels is held as it is, and those after it keep coming', async () => {
  await admin
    .kind(CustomResourceDefinition)
    .create(crdOf(Tree, { 'x-kubernetes-preserve-unknown-fields': true }), { signal });
  await using following = follow(client.kind(Tree), { random: () => 0.1 });
  await until(() => following.cache.synced, { describe: 'the trees are synced', signal });
  const levels = 3000;
  const spec = parseExact(`${'{"a":'.repeat(levels)}1.5${'}'.repeat(levels)}`);
  await admin.kind(Tree).create({ metadata: { name: 'deep' }, spec }, { signal });
  await admin.kind(Tree).create({ metadata: { name: 'after' }, spec: {} }, { signal });
  await until(() => following.cache.get('after'), { describe: 'the tree after it is there', signal });
  await using second = follow(client.kind(Tree));
  await until(() => second.cache.synced, { describe: 'another cache has read them all', signal });
  await admin.kind(Tree).mergePatch('deep', { metadata: { labels: { changed: 'yes' } } }, { signal });
  for (const { cache, log } of [following, second]) {
    await until(() => cache.get('deep')?.metadata.labels?.['changed'], { describe: 'the change is there', signal });
    expect(semanticEqual(cache.get('deep')?.spec, spec)).toBe(true);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  }
});

test('an identity that may not read is told of once, and reads as soon as it may', async () => {
  const namespace = await withConfigMaps(1);
  const reader = await connectAs({ user: 'reader' });
  await using following = follow(reader.kind(ConfigMap), { namespace, random: () => 0.1 });
  await until(() => following.log.lines.length > 1, { describe: 'it has tried', signal });
  expect(following.log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { fields: { resource: 'configmaps', error: { code: 'forbidden' } } },
  ]);
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }];
  await admin.kind(ClusterRole).create(aClusterRole({ name: 'reader', rules }), { signal });
  const binding = aClusterRoleBinding({
    name: 'reader',
    role: 'reader',
    subjects: ['reader'],
  });
  await admin.kind(ClusterRoleBinding).create(binding, { signal });
  await until(() => following.cache.size === 1, { describe: 'the reader sees the object', signal });
});

function disposable(fault: { remove(): void }): Disposable {
  return { [Symbol.dispose]: () => fault.remove() };
}

function crdOf(
  { group, version, kind, plural }: Kind,
  schema: { readonly 'x-kubernetes-preserve-unknown-fields'?: true } = {},
): CustomResourceDefinition {
  const openAPIV3Schema = { type: 'object', ...schema };
  return {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Cluster',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
