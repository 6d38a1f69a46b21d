import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigMap, ManagedCluster, SubjectAccessReview } from '@ocm/api';
import { aCluster, aCondition, aConfigMap, until } from '@ocm/testing';
import {
  kubeconfigFor,
  type Reaction,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from '../test/scripted-server.ts';
import { createTestPki, type TestPki } from '../test/tls-server.ts';
import { reviewAccess, reviewToken } from './access-review.ts';
import type { KubeClient } from './client.ts';
import { connect } from './connect.ts';

const { signal } = new AbortController();
let pki: TestPki;
let ended = new AbortController();
let server: ScriptedServer | undefined;
beforeAll(async () => {
  pki = await createTestPki();
});
afterEach(async () => {
  ended.abort(new Error('the test is over'));
  ended = new AbortController();
  await server?.[Symbol.asyncDispose]();
});

/** A client of a server that answers so. */
async function clientOf(react: (request: SeenRequest, count: number) => Reaction): Promise<KubeClient> {
  server = await startScriptedServer(pki, react);
  const source = { kind: 'text', text: kubeconfigFor(server.url, pki), directory: '/' } as const;
  return connect(source, { userAgent: 'test', signal: ended.signal });
}

function sent(): readonly { readonly method: string; readonly path: string; readonly body: unknown }[] {
  return (server?.requests ?? []).map(({ method, path, body }) => ({
    method,
    path,
    body: body === '' ? undefined : (JSON.parse(body) as unknown),
  }));
}

const CLUSTERS = '/apis/cluster.open-cluster-management.io/v1/managedclusters';
const seen = {
  ...aCluster({ name: 'c1' }),
  metadata: { name: 'c1', uid: 'u1', resourceVersion: '7', labels: { a: '1', b: '2' }, finalizers: ['f'] },
  status: { conditions: [aCondition({ type: 'A', status: 'True' })], version: { kubernetes: 'v1' } },
};
const guard = { uid: 'u1', resourceVersion: '7' };

describe('a guarded patch', () => {
  test('[work 5.4] of the status holds the difference, uid and resourceVersion', async () => {
    const clusters = (await clientOf(() => ({ body: { metadata: { name: 'patched' } } }))).kind(ManagedCluster);
    const conditions = [aCondition({ type: 'A', status: 'False' })];
    const patched = await clusters.patchStatus(seen, { conditions }, { signal });
    expect(patched.metadata.name).toBe('patched');
    expect(sent()).toEqual([
      {
        method: 'PATCH',
        path: `${CLUSTERS}/c1/status`,
        body: { metadata: guard, status: { conditions, version: null } },
      },
    ]);
  });

  test('of the spec goes to the object itself', async () => {
    const clusters = (await clientOf(() => ({}))).kind(ManagedCluster);
    await clusters.patchSpec(seen, { ...seen.spec, leaseDurationSeconds: 99 }, { signal });
    const body = { metadata: guard, spec: { leaseDurationSeconds: 99 } };
    expect(sent()).toEqual([{ method: 'PATCH', path: `${CLUSTERS}/c1`, body }]);
  });

  test('[registration 1.4] of metadata holds changed keys, removed ones as null, and whole finalizers', async () => {
    const clusters = (await clientOf(() => ({}))).kind(ManagedCluster);
    await clusters.patchMetadata(seen, { labels: { a: '1', b: null, c: '3' }, finalizers: ['f', 'g'] }, { signal });
    const metadata = { ...guard, labels: { b: null, c: '3' }, finalizers: ['f', 'g'] };
    expect(sent()).toEqual([{ method: 'PATCH', path: `${CLUSTERS}/c1`, body: { metadata } }]);
  });

  test('[registration 1.4] that changes nothing is not sent', async () => {
    const clusters = (await clientOf(() => ({}))).kind(ManagedCluster);
    const results = [
      await clusters.patchStatus(seen, { ...seen.status, clusterClaims: [] }, { signal }),
      await clusters.patchSpec(seen, { ...seen.spec, taints: [] }, { signal }),
      await clusters.patchMetadata(seen, { labels: { a: '1', x: null }, finalizers: ['f'] }, { signal }),
    ];
    expect(results).toEqual([seen, seen, seen]);
    expect(sent()).toEqual([]);
  });

  test('needs an object that was read', async () => {
    const clusters = (await clientOf(() => ({}))).kind(ManagedCluster);
    const made = aCluster({ name: 'c1' });
    await expect(
      clusters.patchStatus({ ...made, metadata: { name: 'c1' } }, { version: { kubernetes: '2' } }, { signal }),
    ).rejects.toMatchObject({
      code: 'bad-request',
      message: /"c1": metadata\.uid and metadata\.resourceVersion .* needed/,
    });
  });
});

describe('a deletion', () => {
  test.each([
    ['gone', { kind: 'Status', status: 'Success', details: { uid: 'u' } }],
    ['accepted', { kind: 'PartialObjectMetadata', metadata: { name: 'm', finalizers: ['x'] } }],
    ['accepted', { kind: 'ConfigMap', metadata: { name: 'm' }, status: 'Success' }],
  ])('says %s when the server answers %j', async (outcome, answer) => {
    const configMaps = (await clientOf(() => ({ body: answer }))).kind(ConfigMap);
    expect(await configMaps.delete({ namespace: 'n', name: 'm' }, { signal })).toBe(outcome);
  });
});

describe('other writes', () => {
  test('give the type and address the object', async () => {
    const configMaps = (await clientOf(() => ({}))).kind(ConfigMap);
    const map = aConfigMap({ namespace: 'n', name: 'm' });
    const typed = { apiVersion: 'v1', kind: 'ConfigMap' };
    const path = '/api/v1/namespaces/n/configmaps';
    await configMaps.create({ metadata: { namespace: 'n', generateName: 'm-' } }, { signal });
    await configMaps.replace(map, { signal });
    await configMaps.apply(map, { fieldManager: 'me', force: true, signal });
    await configMaps.delete({ namespace: 'n', name: 'm' }, { uid: 'u', propagation: 'Foreground', signal });
    await configMaps.delete({ namespace: 'n', name: 'm' }, { signal });
    const gone = { apiVersion: 'v1', kind: 'DeleteOptions' };
    expect(sent()).toMatchObject([
      { method: 'POST', path, body: { ...typed, metadata: { generateName: 'm-' } } },
      { method: 'PUT', path: `${path}/m`, body: typed },
      { method: 'PATCH', path: `${path}/m?fieldManager=me&force=true`, body: typed },
      {
        method: 'DELETE',
        path: `${path}/m`,
        body: { ...gone, preconditions: { uid: 'u' }, propagationPolicy: 'Foreground' },
      },
      { method: 'DELETE', path: `${path}/m`, body: gone },
    ]);
    expect(server?.requests[2]?.headers['content-type']).toBe('application/apply-patch+yaml');
  });

  test('[work 22] numbers are written as they were read', async () => {
    const text =
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","namespace":"n"},"x":[1.0,9007199254740993]}';
    const configMaps = (await clientOf(() => ({ body: text }))).kind(ConfigMap);
    await configMaps.replace(await configMaps.get({ namespace: 'n', name: 'm' }, { signal }), { signal });
    expect(server?.requests[1]?.body).toBe(text);
  });
});

/** A list of so many pages, with one item each. */
function pages(count: number): (request: SeenRequest) => Reaction {
  return ({ path }) => {
    const page = Number(new URL(path, 'https://x').searchParams.get('continue') ?? '1');
    const metadata = { resourceVersion: '42', ...(page < count ? { continue: `${page + 1}` } : {}) };
    return { gzip: true, body: { metadata, items: [{ metadata: { name: `m${page}` } }] } };
  };
}

function event(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

describe('list', () => {
  test('goes through the pages and gives items their type', async () => {
    const configMaps = (await clientOf(pages(3))).kind(ConfigMap);
    const selection = { namespace: 'n', labelSelector: 'a=b', fieldSelector: 'metadata.name!=x' };
    const seen = await Array.fromAsync(configMaps.list({ ...selection, signal }));
    expect(seen.map(({ resourceVersion }) => resourceVersion)).toEqual(['42', '42', '42']);
    expect(seen.flatMap(({ items }) => items)).toEqual(
      ['m1', 'm2', 'm3'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })),
    );
    expect(sent().map(({ path }) => path)).toEqual(
      ['', '&continue=2', '&continue=3'].map(
        (next) =>
          `/api/v1/namespaces/n/configmaps?limit=500${next}&labelSelector=a%3Db&fieldSelector=metadata.name!%3Dx`,
      ),
    );
  });

  test('an empty list is a page without items', async () => {
    const configMaps = (await clientOf(() => ({ body: { metadata: { resourceVersion: '1' }, items: null } }))).kind(
      ConfigMap,
    );
    expect(await Array.fromAsync(configMaps.list({ signal }))).toEqual([{ items: [], resourceVersion: '1' }]);
  });

  test('whoever stops early is not disturbed by the page that was on its way', async () => {
    const configMaps = (
      await clientOf(({ path }) => (path.includes('continue') ? () => undefined : pages(2)({ path } as SeenRequest)))
    ).kind(ConfigMap);
    for await (const page of configMaps.list({ signal })) {
      expect(page.items).toHaveLength(1);
      await until(() => server?.requests.length === 2, { describe: 'the next page is on its way' });
      break;
    }
  });

  test('pages that have expired are `gone`', async () => {
    const expired = { status: 410, body: { kind: 'Status', reason: 'Expired' } };
    const configMaps = (
      await clientOf(({ path }) => (path.includes('continue') ? expired : pages(2)({ path } as SeenRequest)))
    ).kind(ConfigMap);
    await expect(Array.fromAsync(configMaps.list({ signal }))).rejects.toMatchObject({ code: 'gone' });
  });

  test('an answer that is no JSON, or no gzip, is an outage', async () => {
    const html = (await clientOf(() => ({ body: '<html>' }))).kind(ConfigMap);
    await expect(Array.fromAsync(html.list({ signal }))).rejects.toMatchObject({ code: 'unavailable' });
    await server?.[Symbol.asyncDispose]();
    const torn = (await clientOf(() => ({ headers: { 'content-encoding': 'gzip' }, body: 'torn' }))).kind(ConfigMap);
    await expect(Array.fromAsync(torn.list({ signal }))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('watch', () => {
  test('delivers events as they come and ends when the server does', async () => {
    const map = { metadata: { name: 'm' } };
    const body =
      event('ADDED', map) + event('BOOKMARK', { metadata: { resourceVersion: '9' } }) + event('DELETED', map);
    const configMaps = (await clientOf(() => ({ body }))).kind(ConfigMap);
    const events = await Array.fromAsync(
      configMaps.watch({ namespace: 'n', resourceVersion: '5', timeoutSeconds: 60, signal }),
    );
    expect(events).toEqual([
      { type: 'ADDED', object: map },
      { type: 'BOOKMARK', resourceVersion: '9' },
      { type: 'DELETED', object: map },
    ]);
    expect(sent()[0]?.path).toBe(
      '/api/v1/namespaces/n/configmaps?watch=1&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=60',
    );
  });

  test.each([
    { answer: { status: 410, body: { kind: 'Status', reason: 'Expired' } }, code: 'gone' },
    { answer: { body: event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }) }, code: 'gone' },
    { answer: { status: 403, body: { kind: 'Status', reason: 'Forbidden' } }, code: 'forbidden' },
    { answer: { status: 404, body: '404 page not found' }, code: 'not-served' },
    { answer: { body: 'half a li\nne' }, code: 'unavailable' },
  ])('$answer is $code', async ({ answer, code }) => {
    const configMaps = (await clientOf(() => answer)).kind(ConfigMap);
    await expect(Array.fromAsync(configMaps.watch({ resourceVersion: '5', signal }))).rejects.toMatchObject({ code });
  });

  test('a lost connection is an error, so that nobody takes it for the end', async () => {
    const configMaps = (
      await clientOf(() => (stream) => {
        stream.respond({ ':status': 200 });
        stream.write(event('ADDED', {}), () => stream.session?.destroy());
      })
    ).kind(ConfigMap);
    await expect(Array.fromAsync(configMaps.watch({ resourceVersion: '5', signal }))).rejects.toMatchObject({
      code: 'unavailable',
      message: 'watching configmaps: lost the connection: the connection was closed',
    });
  });

  test('a fired signal ends it at once with its reason', async () => {
    const configMaps = (await clientOf(() => (stream) => stream.respond({ ':status': 200 }))).kind(ConfigMap);
    const stop = new AbortController();
    const all = Array.fromAsync(configMaps.watch({ resourceVersion: '5', signal: stop.signal }));
    await until(() => server?.requests.length === 1, { describe: 'the watch is open' });
    stop.abort(new Error('enough'));
    await expect(all).rejects.toBe(stop.signal.reason);
  });
});

describe('metadata', () => {
  test('asks for the metadata only, of one, of many and of changes', async () => {
    const list = { metadata: { resourceVersion: '1' }, items: [] };
    const metadata = (await clientOf(({ path }) => ({ body: path.includes('watch') ? '' : list })))
      .kind(ManagedCluster)
      .metadata();
    await metadata.get('c1', { signal });
    await Array.fromAsync(metadata.list({ signal }));
    await Array.fromAsync(metadata.watch({ resourceVersion: '1', signal }));
    await metadata.patchMetadata(seen, { labels: { x: 'y' } }, { signal });
    const one = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    const many = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    expect(server?.requests.map(({ headers }) => headers.accept)).toEqual([one, many, one, one]);
  });
});

describe('reviews', () => {
  test('of access give the verdict and the reason', async () => {
    const client = await clientOf((_request, count) => ({
      body: { status: [{ allowed: true, reason: 'RBAC' }, { allowed: true, denied: true }, undefined][count - 1] },
    }));
    const resource = { group: '', resource: 'pods', verb: 'get', namespace: 'n', name: 'p' };
    const question = { user: 'jane', groups: ['a'], resource };
    expect(await reviewAccess(client, question, { signal })).toEqual({ allowed: true, reason: 'RBAC' });
    expect(await reviewAccess(client, question, { signal })).toEqual({ allowed: false, reason: '' });
    expect(await reviewAccess(client, { user: 'jane', path: { path: '/metrics', verb: 'get' } }, { signal })).toEqual({
      allowed: false,
      reason: '',
    });
    expect(sent()[0]).toMatchObject({
      method: 'POST',
      path: `/apis/authorization.k8s.io/v1/${SubjectAccessReview.plural}`,
      body: { kind: 'SubjectAccessReview', spec: { user: 'jane', groups: ['a'], resourceAttributes: resource } },
    });
    expect(sent()[2]?.body).toMatchObject({ spec: { nonResourceAttributes: { path: '/metrics', verb: 'get' } } });
  });

  test('of a token give the user, or why not', async () => {
    const user = { username: 'jane' };
    const client = await clientOf((_request, count) => ({
      body: { status: [{ authenticated: true, user }, { error: 'expired' }, {}][count - 1] },
    }));
    expect(await reviewToken(client, 't', { signal })).toEqual({ kind: 'authenticated', user });
    expect(await reviewToken(client, 't', { signal })).toEqual({ kind: 'unauthenticated', reason: 'expired' });
    expect(await reviewToken(client, 't', { signal })).toMatchObject({ kind: 'unauthenticated' });
  });
});
