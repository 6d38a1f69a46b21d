import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import {
  CertificateSigningRequest,
  Event,
  type Kind,
  labels,
  Lease,
  ManagedCluster,
  ManagedClusterAddOn,
  ManifestWork,
} from '@ocm/api';
import { eventRecorder, informer, KubeError } from '@ocm/kube';
import { aCluster, aCSR, aLease, anAddOn, until } from '@ocm/testing';
import {
  type DataType,
  dataTypes,
  eventClient,
  formatDataType,
  grpcTransport,
  requestToken,
  tunnelledMessage,
} from '../src/index.ts';
import { clientFiles } from './client-files.ts';
import { createTestPki, type RawEvent, startGrpcServer, type TestPki } from './grpc-server.ts';
import { quickClock } from './quick-clock.ts';

const kinds = [ManagedCluster, CertificateSigningRequest, Lease, ManagedClusterAddOn, Event];
const clock = quickClock(20);

/** An object of the hub as the raw message that brings it. */
function news(dataType: DataType, action: string, object: object): RawEvent {
  return {
    id: randomUUID(),
    source: 'kube',
    spec_version: '1.0',
    type: `${formatDataType(dataType)}.spec.${action}`,
    attributes: { 'ce-clustername': { ce_string: 'cluster1' }, contenttype: { ce_string: 'application/json' } },
    binary_data: Buffer.from(JSON.stringify(object)),
  };
}

function stored<T extends { readonly metadata: object }>(object: T, uid: string, resourceVersion: string): T {
  return { ...object, metadata: { ...object.metadata, uid, resourceVersion } };
}

describe('kinds of Kubernetes over gRPC, as a registration agent has them', () => {
  let pki: TestPki;
  beforeAll(async () => {
    pki = await createTestPki();
  });

  async function setUp(followed: readonly Kind[] = kinds) {
    const stack = new AsyncDisposableStack();
    const server = stack.use(await startGrpcServer(pki));
    const files = stack.use(await clientFiles(pki, { port: server.port, pair: await pki.client('cluster1') }));
    const transport = stack.use(await grpcTransport(files.configPath));
    const stop = new AbortController();
    const { signal } = stop;
    const client = eventClient({ transport, clusterName: 'cluster1', sourceId: 'cluster1', kinds: followed, clock });
    const running = client.run(signal);
    stack.defer(async () => {
      stop.abort();
      await running;
    });
    await client.waitForSync(signal);
    await until(() => followed.every((kind) => client.isConnected(kind)), { describe: 'all connections' });
    const sent = (suffix: string): RawEvent | undefined => server.published.find(({ type }) => type.endsWith(suffix));
    return { server, transport, client, signal, sent, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  test('all kinds share one connection; events of the hub are only published, never asked for', async () => {
    await using env = await setUp();
    expect(env.server.peers.size).toBe(1);
    expect([...env.server.streams].map(({ request }) => request.data_type).toSorted()).toEqual(
      [dataTypes.addOn, dataTypes.certificateRequest, dataTypes.managedCluster, dataTypes.lease]
        .map(formatDataType)
        .toSorted(),
    );
    expect(env.server.published.map(({ type }) => type.endsWith('.spec.resync_request'))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  test('a cluster is created once; that it exists already is said as by the API', async () => {
    await using env = await setUp();
    const clusters = env.client.kind(ManagedCluster);
    const cluster = aCluster({ name: 'cluster1', accepted: false });
    await clusters.create(cluster, env);
    expect(env.sent('managedclusters.spec.create_request')).toMatchObject({
      source: 'cluster1',
      attributes: { 'ce-clustername': { ce_string: 'cluster1' } },
    });
    const exists = new KubeError('it exists', { code: 'exists' });
    const details = tunnelledMessage(exists, { dataType: dataTypes.managedCluster, name: 'cluster1' });
    env.server.behaviour.publish = () => Promise.reject({ code: status.FAILED_PRECONDITION, details });
    await expect(clusters.create(cluster, env)).rejects.toMatchObject({ code: 'exists', status: 409 });
    env.server.send(news(dataTypes.managedCluster, 'create_request', stored(cluster, 'u1', '5')));
    await until(() => clusters.find('cluster1', env), { describe: 'the cluster' });
    env.server.behaviour.publish = () => undefined;
    await expect(clusters.create(cluster, env)).rejects.toMatchObject({ code: 'exists' });
  });

  test('the status of a cluster goes as the whole object with the version that was seen', async () => {
    await using env = await setUp();
    const clusters = env.client.kind(ManagedCluster);
    const cache = informer(clusters, { fieldSelector: 'metadata.name=cluster1' });
    void cache.run(env.signal);
    env.server.send(
      news(dataTypes.managedCluster, 'update_request', stored(aCluster({ name: 'cluster1' }), 'u1', '5')),
    );
    const seen = await until(() => cache.get('cluster1'), { describe: 'the cluster in the cache' });
    await clusters.patchStatus(seen, { ...seen.status, version: { kubernetes: 'v1.35.0' } }, env);
    const event = env.sent('managedclusters.status.update_request');
    expect(event?.attributes['ce-resourceversion']).toMatchObject({ ce_string: '5' });
    expect(JSON.parse(String(event?.binary_data))).toMatchObject({
      apiVersion: 'cluster.open-cluster-management.io/v1',
      kind: 'ManagedCluster',
      metadata: { name: 'cluster1', resourceVersion: '5' },
      spec: { hubAcceptsClient: true },
      status: { version: { kubernetes: 'v1.35.0' } },
    });
    await expect(clusters.replace(seen, env)).rejects.toMatchObject({ status: 405 });
  });

  test('a certificate request gets its name here and is in the store at once, its certificate comes on the stream', async () => {
    await using env = await setUp();
    const requests = env.client.kind(CertificateSigningRequest);
    const { spec } = aCSR();
    const metadata = { generateName: 'cluster1-', labels: { [labels.clusterName]: 'cluster1' } };
    const created = await requests.create({ metadata, spec }, env);
    expect(created.metadata.name).toMatch(/^cluster1-[a-z0-9]{5}$/);
    expect(await requests.get(created.metadata.name, env)).toEqual(created);
    const signed = { ...created, status: { certificate: 'PEM' } };
    env.server.send(news(dataTypes.certificateRequest, 'update_request', stored(signed, 'u1', '6')));
    await until(async () => (await requests.get(created.metadata.name, env)).status?.certificate === 'PEM', {
      describe: 'the certificate',
    });
  });

  test('[cloudevents-grpc trap 47] a request of which the hub has not told yet is left out of a resync', async () => {
    await using env = await setUp([CertificateSigningRequest]);
    const requests = env.client.kind(CertificateSigningRequest);
    const known = stored(aCSR({ name: 'cluster1-known' }), 'u1', '6');
    env.server.send(news(dataTypes.certificateRequest, 'create_request', known));
    await until(() => requests.find('cluster1-known', env), { describe: 'the known request' });
    const metadata = { generateName: 'cluster1-', labels: { [labels.clusterName]: 'cluster1' } };
    const fresh = await requests.create({ metadata, spec: known.spec }, env);
    for (const stream of env.server.streams) stream.end();
    const resyncs = (): readonly RawEvent[] =>
      env.server.published.filter(({ type }) => type.endsWith('.spec.resync_request'));
    await until(() => resyncs().length >= 2, { describe: 'a second resync' });
    expect(JSON.parse(String(resyncs()[1]?.binary_data))).toEqual({
      resourceVersions: [{ resourceID: 'u1', resourceVersion: 6 }],
    });
    await expect(requests.find(fresh.metadata.name, env)).resolves.toEqual(fresh);
  });

  test('a lease is renewed from what the store has; it cannot be created', async () => {
    await using env = await setUp();
    const leases = env.client.kind(Lease);
    const ref = { namespace: 'cluster1', name: 'managed-cluster-lease' };
    const lease = stored(aLease(ref), 'u1', '7');
    env.server.send(news(dataTypes.lease, 'create_request', lease));
    const seen = await until(() => leases.find(ref, env), { describe: 'the lease' });
    await leases.replace({ ...seen, spec: { ...seen.spec, renewTime: '2026-01-31T09:00:00.000000Z' } }, env);
    expect(JSON.parse(String(env.sent('leases.spec.update_request')?.binary_data))).toMatchObject({
      metadata: { ...ref, resourceVersion: '7' },
      spec: { renewTime: '2026-01-31T09:00:00.000000Z' },
    });
    await expect(leases.create(lease, env)).rejects.toMatchObject({ status: 405 });
    await expect(leases.list(env)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ status: 405 });
  });

  test('the event recorder writes an event, and its series when it comes again', async () => {
    await using env = await setUp();
    const recorder = eventRecorder({ client: env.client, reportingController: 'agent', reportingInstance: 'a' });
    const regarding = { kind: 'ManagedCluster', name: 'cluster1' };
    const report = { namespace: 'cluster1', regarding, type: 'Normal', reason: 'R', action: 'A', note: 'n' } as const;
    await recorder.record(report, env);
    await recorder.record(report, env);
    const created = JSON.parse(String(env.sent('events.spec.create_request')?.binary_data)) as Event;
    expect(created).toMatchObject({ apiVersion: 'events.k8s.io/v1', kind: 'Event', reason: 'R' });
    expect(JSON.parse(String(env.sent('events.spec.update_request')?.binary_data))).toEqual({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: created.metadata.name, namespace: 'cluster1' },
      series: { count: 2, lastObservedTime: expect.any(String) },
    });
  });

  test('an object goes with the beginning of its deletion, and what belongs to another cluster never comes', async () => {
    await using env = await setUp();
    const addOns = env.client.kind(ManagedClusterAddOn);
    const ref = { namespace: 'cluster1', name: 'a' };
    env.server.send(news(dataTypes.addOn, 'create_request', stored(anAddOn(ref), 'u1', '8')));
    await until(() => addOns.find(ref, env), { describe: 'the add-on' });
    for (const stream of env.server.streams) {
      const foreign = news(dataTypes.addOn, 'create_request', stored(anAddOn({ ...ref, name: 'foreign' }), 'u2', '9'));
      stream.write({ ...foreign, attributes: { 'ce-clustername': { ce_string: 'cluster2' } } });
    }
    env.server.send({
      ...news(dataTypes.addOn, 'update_request', {}),
      binary_data: Buffer.alloc(0),
      attributes: {
        'ce-clustername': { ce_string: 'cluster1' },
        'ce-resourceid': { ce_string: 'u1' },
        'ce-deletiontimestamp': { ce_timestamp: { seconds: 1_800_000_000 } },
      },
    });
    await until(async () => (await addOns.find(ref, env)) === undefined, { describe: 'the end' });
    expect(await addOns.find({ ...ref, name: 'foreign' }, env)).toBeUndefined();
  });

  test('a kind that is not followed is not served', async () => {
    await using env = await setUp([Lease]);
    expect(() => env.client.kind(ManifestWork)).toThrow(expect.objectContaining({ code: 'not-served' }));
  });

  test('[cloudevents-grpc 52] several token requests at once get their own answers', async () => {
    await using env = await setUp([Lease]);
    env.server.behaviour.publish = (event) => {
      const request = JSON.parse(String(event.binary_data)) as { metadata: { name: string } };
      const status = { token: `token of ${request.metadata.name}`, expirationTimestamp: '2026-01-31T09:00:00Z' };
      setTimeout(() => env.server.send(news(dataTypes.tokenRequest, 'create_request', { ...request, status })), 20);
    };
    const options = { transport: env.transport, clusterName: 'cluster1', sourceId: 'cluster1' };
    const ask = (serviceAccount: string) =>
      requestToken(options, { namespace: 'cluster1', serviceAccount, spec: { audiences: [] } }, env.signal);
    const tokens = await Promise.all(['a', 'b', 'c'].map(ask));
    expect(tokens.map(({ token }) => token)).toEqual(['token of a', 'token of b', 'token of c']);
    await until(() => env.server.streams.size === 1, { describe: 'the subscriptions to end' });
  });

  test('a token request that is refused or not answered fails', async () => {
    await using env = await setUp([Lease]);
    const question = { namespace: 'cluster1', serviceAccount: 'a', spec: { audiences: [] } };
    const options = { transport: env.transport, clusterName: 'cluster1', sourceId: 'cluster1' };
    await expect(requestToken({ ...options, clock: quickClock(30) }, question, env.signal)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'requesting a token of service account cluster1/a: no answer within 10000 ms',
    });
    const missing = new KubeError('no such account', { code: 'not-found', status: 404 });
    const details = tunnelledMessage(missing, { dataType: dataTypes.tokenRequest, name: 'a' });
    env.server.behaviour.publish = () => Promise.reject({ code: status.FAILED_PRECONDITION, details });
    await expect(requestToken(options, question, env.signal)).rejects.toMatchObject({ code: 'not-found' });
  });
});
