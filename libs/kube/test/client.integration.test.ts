import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  CustomResourceDefinition,
  type KubeObject,
  ManagedCluster,
  ManifestWork,
  Namespace,
  Node,
} from '@ocm/api';
import {
  aCluster,
  aClusterRole,
  aClusterRoleBinding,
  aCondition,
  aConfigMap,
  aCustomResourceDefinition,
  aManifestWork,
  aNamespace,
  type ControlPlane,
  startControlPlane,
  until,
} from '@ocm/testing';
import {
  connect,
  type KubeClient,
  kubeconfigFile,
  parseExact,
  reviewAccess,
  reviewToken,
  type WatchEvent,
} from '../src/index.ts';

const stop = new AbortController();
const { signal } = stop;
let cp: ControlPlane;
let admin: KubeClient;
let count = 0;

beforeAll(async () => {
  cp = await startControlPlane({ audit: true });
  admin = await connect(kubeconfigFile(cp.adminKubeconfigPath), { userAgent: 'work-agent', signal });
});
afterAll(async () => {
  stop.abort();
  await cp?.stop();
});

async function newNamespace(): Promise<string> {
  count += 1;
  const { metadata } = await admin.kind(Namespace).create(aNamespace({ name: `client-${count}` }), { signal });
  return metadata.name;
}

async function clientAs(
  identity: Parameters<ControlPlane['kubeconfig']>[0],
  via: Parameters<ControlPlane['kubeconfig']>[1] = {},
): Promise<KubeClient> {
  const text = await cp.kubeconfig(identity, via);
  return connect({ kind: 'text', text, directory: cp.directory }, { userAgent: 'client-test', signal });
}

/** The first event that fits. */
async function nextOf<T>(
  events: AsyncIterator<WatchEvent<T>>,
  fits: (event: WatchEvent<T>) => boolean,
): Promise<WatchEvent<T>> {
  for (;;) {
    const { done, value } = await events.next();
    if (done === true) throw new Error('the watch has ended');
    if (fits(value)) return value;
  }
}

describe('objects', () => {
  test('are created, read, replaced, watched and deleted', async () => {
    const namespace = await newNamespace();
    const maps = admin.kind(ConfigMap);
    const ref = { namespace, name: 'm' };
    expect(await maps.find(ref, { signal })).toBeUndefined();
    const made = await maps.create(aConfigMap({ ...ref, data: { a: '1' } }), { signal });
    await expect(maps.create(aConfigMap(ref), { signal })).rejects.toMatchObject({ code: 'exists' });
    const stopWatch = new AbortController();
    const { resourceVersion = '' } = made.metadata;
    const events = maps.watch({ namespace, resourceVersion, signal: stopWatch.signal })[Symbol.asyncIterator]();
    const replaced = await maps.replace({ ...made, data: { a: '2' } }, { signal });
    expect(replaced.data).toEqual({ a: '2' });
    await expect(maps.replace({ ...made, data: { a: '3' } }, { signal })).rejects.toMatchObject({ code: 'conflict' });
    expect(await maps.get(ref, { signal })).toEqual(replaced);
    await maps.delete(ref, { signal });
    expect(await nextOf(events, ({ type }) => type === 'MODIFIED')).toEqual({ type: 'MODIFIED', object: replaced });
    expect(await nextOf(events, ({ type }) => type === 'DELETED')).toMatchObject({
      object: { metadata: { name: 'm' } },
    });
    const next = events.next();
    stopWatch.abort(new Error('enough'));
    await expect(next).rejects.toBe(stopWatch.signal.reason);
    await expect(maps.get(ref, { signal })).rejects.toMatchObject({
      code: 'not-found',
      message: `getting configmaps "${namespace}/m": the server refused: 404 NotFound: configmaps "m" not found`,
    });
    await expect(maps.delete(ref, { signal })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('deletion minds its preconditions', async () => {
    const namespace = await newNamespace();
    const maps = admin.kind(ConfigMap);
    const ref = { namespace, name: 'm' };
    const { metadata } = await maps.create(aConfigMap(ref), { signal });
    await expect(maps.delete(ref, { uid: 'another', signal })).rejects.toMatchObject({ code: 'conflict' });
    await expect(maps.delete(ref, { resourceVersion: '1', signal })).rejects.toMatchObject({ code: 'conflict' });
    await maps.delete(ref, { uid: metadata.uid, resourceVersion: metadata.resourceVersion, signal });
    expect(await maps.find(ref, { signal })).toBeUndefined();
  });

  test('that the server refuses are `invalid`, in a namespace that does not exist `not-found`', async () => {
    const invalid = aCluster({ name: 'Not_A_Name' });
    await expect(admin.kind(ManagedCluster).create(invalid, { signal })).rejects.toMatchObject({
      code: 'invalid',
      status: 422,
    });
    const homeless = aConfigMap({ namespace: 'nowhere', name: 'm' });
    await expect(admin.kind(ConfigMap).create(homeless, { signal })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('of a type that is not served are `not-served`', async () => {
    const kind = { group: 'example.com', version: 'v1', kind: 'Nothing', plural: 'nothings', namespaced: false };
    await expect(admin.kind(kind).get('x', { signal })).rejects.toMatchObject({ code: 'not-served' });
    await expect(admin.kind(kind).find('x', { signal })).rejects.toMatchObject({ code: 'not-served' });
    await expect(Array.fromAsync(admin.kind(kind).list({ signal }))).rejects.toMatchObject({ code: 'not-served' });
    const gone = { ...ConfigMap, plural: 'configmapz' };
    await expect(admin.kind(gone).get({ namespace: 'default', name: 'x' }, { signal })).rejects.toMatchObject({
      code: 'not-served',
    });
  });

  test('[work 22] keep their numbers', async () => {
    const namespace = await newNamespace();
    const works = admin.kind(ManifestWork);
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x' },
      big: parseExact('9007199254740993'),
    };
    await works.create(aManifestWork({ namespace, name: 'w', manifests: [manifest] }), { signal });
    const read = await works.get({ namespace, name: 'w' }, { signal });
    expect(JSON.stringify(read)).toContain('"big":9007199254740993');
    const replaced = await works.replace({ ...read, metadata: { ...read.metadata, labels: { a: 'b' } } }, { signal });
    expect(JSON.stringify(replaced)).toContain('"big":9007199254740993');
    expect(replaced.metadata.generation).toBe(read.metadata.generation);
  });
});

describe('guarded patches', () => {
  test('[registration 1.4] change what differs, and conflict when somebody was faster', async () => {
    const clusters = admin.kind(ManagedCluster);
    const made = await clusters.create(aCluster({ name: 'guarded' }), { signal });
    const conditions = [aCondition({ type: 'A', status: 'True' })];
    const patched = await clusters.patchStatus(made, { conditions, version: { kubernetes: 'v1' } }, { signal });
    expect(patched.status).toMatchObject({ conditions, version: { kubernetes: 'v1' } });
    expect(patched.metadata.generation).toBe(made.metadata.generation);
    const cleared = await clusters.patchStatus(patched, { conditions }, { signal });
    expect(cleared.status).toEqual({ conditions });
    await expect(clusters.patchStatus(patched, { conditions: [] }, { signal })).rejects.toMatchObject({
      code: 'conflict',
      message:
        /^patching status of managedclusters\.cluster\.open-cluster-management\.io "guarded": the server refused: 409 Conflict/,
    });
    const labelled = await clusters.patchMetadata(cleared, { labels: { a: '1' }, finalizers: ['x.io/f'] }, { signal });
    expect(labelled.metadata).toMatchObject({ labels: { a: '1' }, finalizers: ['x.io/f'] });
    const spec = await clusters.patchSpec(labelled, { ...labelled.spec, leaseDurationSeconds: 99 }, { signal });
    expect(spec.spec?.leaseDurationSeconds).toBe(99);
    const free = await clusters.patchMetadata(spec, { labels: { a: null }, finalizers: [] }, { signal });
    expect(free.metadata.finalizers ?? []).toEqual([]);
    expect(free.metadata.labels?.['a']).toBeUndefined();
  });

  test('hit nobody else with the same name', async () => {
    const namespace = await newNamespace();
    const maps = admin.kind(ConfigMap);
    const old = await maps.create(aConfigMap({ namespace, name: 'm' }), { signal });
    await maps.delete({ namespace, name: 'm' }, { signal });
    await maps.create(aConfigMap({ namespace, name: 'm' }), { signal });
    await expect(maps.patchMetadata(old, { labels: { a: '1' } }, { signal })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('server-side apply', () => {
  test('owns what it sends; another owner is a conflict unless forced', async () => {
    const namespace = await newNamespace();
    const maps = admin.kind(ConfigMap);
    const map = { metadata: { namespace, name: 'm' }, data: { a: '1' } };
    await maps.apply(map, { fieldManager: 'one', signal });
    const other = { ...map, data: { a: '2' } };
    await expect(maps.apply(other, { fieldManager: 'two', signal })).rejects.toMatchObject({
      code: 'conflict',
      message: /Apply failed with 1 conflict: conflict with "one".*: \.data\.a/,
    });
    const forced = await maps.apply(other, { fieldManager: 'two', force: true, signal });
    expect(forced.data).toEqual({ a: '2' });
    expect(managersOf(forced)).toEqual(expect.arrayContaining([['two', 'Apply']]));
  });

  test('[work 5.1] without a field manager, writes belong to the user agent', async () => {
    const namespace = await newNamespace();
    const made = await admin.kind(ConfigMap).create(aConfigMap({ namespace, name: 'm' }), { signal });
    expect(managersOf(made)).toEqual([['work-agent', 'Update']]);
    const mine = await admin
      .kind(ConfigMap)
      .patchMetadata(made, { labels: { a: '1' } }, { fieldManager: 'mine', signal });
    expect(managersOf(mine)).toContainEqual(['mine', 'Update']);
  });
});

describe('dry run and impersonation', () => {
  test('a dry run is checked and not stored', async () => {
    const namespace = await newNamespace();
    const maps = admin.kind(ConfigMap);
    await maps.create(aConfigMap({ namespace, name: 'm' }), { dryRun: true, signal });
    expect(await maps.find({ namespace, name: 'm' }, { signal })).toBeUndefined();
  });

  test('[work 10.3] whoever is impersonated cannot give away more than they have', async () => {
    const role = aClusterRole({ name: 'escalation', rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] });
    const asPoor = { dryRun: true, impersonate: 'system:serviceaccount:default:poor', signal };
    await expect(admin.kind(ClusterRole).create(role, asPoor)).rejects.toMatchObject({ code: 'forbidden' });
    await admin.kind(ClusterRole).create(role, { dryRun: true, signal });
  });
});

describe('lists', () => {
  test('come in pages, and a page that has expired is `gone`', async () => {
    const namespace = await newNamespace();
    const maps = admin.kind(ConfigMap);
    const names = Array.from({ length: 7 }, (_, n) => `m${n}`);
    await Promise.all(
      names.map((name) =>
        maps.create(aConfigMap({ namespace, name, labels: { odd: `${Number(name.slice(1)) % 2}` } }), { signal }),
      ),
    );
    const pages = await Array.fromAsync(maps.list({ namespace, limit: 3, signal }));
    expect(pages.map(({ items }) => items.length)).toEqual([3, 3, 1]);
    expect(new Set(pages.map(({ resourceVersion }) => resourceVersion)).size).toBe(1);
    expect(pages.flatMap(({ items }) => items.map(({ kind, metadata }) => `${kind} ${metadata.name}`))).toEqual(
      names.map((name) => `ConfigMap ${name}`),
    );
    const odd = await Array.fromAsync(maps.list({ namespace, labelSelector: 'odd=1', signal }));
    expect(odd[0]?.items.map(({ metadata }) => metadata.name)).toEqual(['m1', 'm3', 'm5']);
    const one = await Array.fromAsync(maps.list({ namespace, fieldSelector: 'metadata.name=m4', signal }));
    expect(one[0]?.items.map(({ metadata }) => metadata.name)).toEqual(['m4']);
  });

  test('of many large objects arrive whole', async () => {
    const namespace = await newNamespace();
    const maps = admin.kind(ConfigMap);
    const data = { text: 'ä'.repeat(100_000) };
    await Promise.all(
      [0, 1, 2, 3, 4].map((n) => maps.create(aConfigMap({ namespace, name: `m${n}`, data }), { signal })),
    );
    const [page] = await Array.fromAsync(maps.list({ namespace, signal }));
    expect(page?.items.map((item) => item.data)).toEqual([data, data, data, data, data]);
  });

  test('and objects can be had as metadata only', async () => {
    const namespace = await newNamespace();
    const metadata = admin.kind(ConfigMap).metadata();
    const made = await admin.kind(ConfigMap).create(aConfigMap({ namespace, name: 'm', data: { a: '1' } }), { signal });
    const [page] = await Array.fromAsync(metadata.list({ namespace, signal }));
    expect(page?.items).toHaveLength(1);
    expect(page?.items[0]).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'm' } });
    expect(page?.items[0]).not.toHaveProperty('data');
    const one = await metadata.get({ namespace, name: 'm' }, { signal });
    expect(one).not.toHaveProperty('data');
    const patched = await metadata.patchMetadata(one, { labels: { a: '1' } }, { signal });
    expect(patched.metadata.labels).toEqual({ a: '1' });
    const { resourceVersion = '' } = made.metadata;
    const events = metadata.watch({ namespace, resourceVersion, signal })[Symbol.asyncIterator]();
    const event = await nextOf(events, ({ type }) => type === 'MODIFIED');
    expect(event).toMatchObject({ object: { metadata: { labels: { a: '1' } } } });
    expect(event).not.toHaveProperty('object.data');
    await events.return?.();
  });
});

describe('watches', () => {
  test('end in time, without an error', async () => {
    const namespace = await newNamespace();
    const list = await Array.fromAsync(admin.kind(ConfigMap).list({ namespace, signal }));
    const { resourceVersion } = list[0] ?? { resourceVersion: '' };
    const events = admin.kind(ConfigMap).watch({ namespace, resourceVersion, timeoutSeconds: 1, signal });
    for await (const event of events) expect(event.type).toBe('BOOKMARK');
  });

  test('more than one connection has room for', async () => {
    const namespace = await newNamespace();
    const list = await Array.fromAsync(admin.kind(ConfigMap).list({ namespace, signal }));
    const { resourceVersion } = list[0] ?? { resourceVersion: '' };
    const done = new AbortController();
    const watches = Array.from({ length: 150 }, () => {
      const events = admin.kind(ConfigMap).watch({ namespace, resourceVersion, signal: done.signal });
      return nextOf(events[Symbol.asyncIterator](), ({ type }) => type === 'ADDED');
    });
    await admin.kind(ConfigMap).create(aConfigMap({ namespace, name: 'm' }), { signal });
    expect(await Promise.all(watches)).toHaveLength(150);
    done.abort();
  });
});

describe('rights', () => {
  test('who may not is `forbidden`, whom nobody knows is `unauthorized`', async () => {
    const nobody = await clientAs({ user: 'nobody' });
    await expect(nobody.kind(Node).get('n', { signal })).rejects.toMatchObject({
      code: 'forbidden',
      reason: 'Forbidden',
    });
    const stranger = await clientAs({ token: 'unknown' });
    await expect(stranger.kind(Node).get('n', { signal })).rejects.toMatchObject({ code: 'unauthorized', status: 401 });
    const expired = await clientAs({ user: 'late', lifetimeMs: -3_600_000 });
    await expect(expired.kind(Node).get('n', { signal })).rejects.toMatchObject({
      code: 'unauthorized',
      message: /401 Unauthorized: Unauthorized \(the client certificate expired at /,
    });
  });

  test('reviewAccess and reviewToken', async () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    await admin.kind(ClusterRole).create(aClusterRole({ name: 'pod-reader', rules }), { signal });
    const binding = aClusterRoleBinding({ name: 'pod-reader', role: 'pod-reader', subjects: ['Group/readers'] });
    await admin.kind(ClusterRoleBinding).create(binding, { signal });
    const ask = (verb: string): ReturnType<typeof reviewAccess> => {
      const resource = { group: '', resource: 'pods', verb, namespace: 'n', name: 'p' };
      return reviewAccess(admin, { user: 'jane', groups: ['readers'], resource }, { signal });
    };
    await until(async () => (await ask('get')).allowed, { describe: 'the binding has effect' });
    expect(await ask('get')).toEqual({ allowed: true, reason: expect.stringContaining('pod-reader') });
    expect(await ask('delete')).toMatchObject({ allowed: false });
    expect(await reviewToken(admin, 'nonsense', { signal })).toMatchObject({ kind: 'unauthenticated' });
  });
});

describe('discovery', () => {
  test('maps kinds, and finds a new one soon after its definition', async () => {
    expect(await admin.mapper.find({ group: 'apps', version: 'v1', kind: 'Deployment' }, { signal })).toMatchObject({
      plural: 'deployments',
      namespaced: true,
    });
    const gvk = { group: 'late.example.com', version: 'v1', kind: 'Latecomer' };
    expect(await admin.mapper.find(gvk, { signal })).toBeUndefined();
    const crd = aCustomResourceDefinition({ group: gvk.group, kind: gvk.kind, plural: 'latecomers', scope: 'Cluster' });
    await admin.kind(CustomResourceDefinition).create(crd, { signal });
    const kind = await until(() => admin.mapper.find(gvk, { signal }), { describe: 'the new kind is found' });
    expect(kind).toEqual({ ...gvk, plural: 'latecomers', namespaced: false });
    // Discovery knows a kind a little before it is served.
    const made = await until(() => admin.kind(kind).create({ metadata: { name: 'x' } }, { signal }), {
      describe: 'one of the new kind is made',
    });
    expect(made).toMatchObject({ apiVersion: 'late.example.com/v1', kind: 'Latecomer' });
    await admin.kind(CustomResourceDefinition).delete(crd.metadata.name, { signal });
    // The first request that finds it gone makes the mapper look again.
    await until(
      async () => {
        await admin
          .kind(kind)
          .find('y', { signal })
          .catch(() => undefined);
        return (await admin.mapper.find(gvk, { signal })) === undefined;
      },
      { describe: 'the removed kind is not found' },
    );
  });

  test('version is that of the server', async () => {
    expect(await admin.version({ signal })).toMatch(/^v1\.\d+\.\d+/);
  });
});

describe('raw requests', () => {
  test('reach what has no kind', async () => {
    const answer = await admin.request({ method: 'GET', path: '/livez?verbose', signal });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('livez check passed');
    expect((await admin.request({ method: 'GET', path: '/nix', signal })).status).toBe(404);
  });
});

function managersOf(object: KubeObject): readonly (readonly [string, string])[] {
  const { managedFields = [] } = object.metadata as { managedFields?: { manager: string; operation: string }[] };
  return managedFields.map(({ manager, operation }) => [manager, operation] as const);
}
