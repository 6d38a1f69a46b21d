import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { ManagedCluster, ServiceAccount } from '@ocm/api';
import { type DataType, dataTypes, errorOfPublish, formatDataType } from '@ocm/cloudevents';
import { KubeError, systemClock } from '@ocm/kube';
import { anAddOn, type ControlPlane, type FaultProxy, startControlPlane, startFaultProxy, until } from '@ocm/testing';
import { publishLimits } from '../src/grpc-server/calls/publish-rate.ts';
import { RefusedError } from '../src/grpc-server/event-service.ts';
import type { Ended, RawClient, RawEvent } from './grpc-client.ts';
import { fakeEvent, type FakeService, fakeService } from './grpc-fake-service.ts';
import { type GrpcLab, type RunningGrpcServer, startGrpcLab } from './grpc-lab.ts';

const CLUSTER = 'cluster1';
const OK: Ended = { code: status.OK, details: '' };

let controlPlane: ControlPlane;
let proxy: FaultProxy;
let lab: GrpcLab;
let bundles: FakeService;
let server: RunningGrpcServer;
let agent: RawClient;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  proxy = await startFaultProxy({ controlPlane });
  lab = await startGrpcLab(controlPlane);
  bundles = fakeService(dataTypes.bundle);
  server = await lab.startServer({ services: [bundles], via: { server: proxy.url } });
  await lab.admitCluster(CLUSTER);
  agent = await server.connectAs(CLUSTER);
});
afterAll(async () => {
  agent?.[Symbol.dispose]();
  await lab?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  await controlPlane?.stop();
});
beforeEach(() => {
  bundles.onPublish = () => Promise.resolve();
  bundles.answers = () => [];
});

interface EventOver {
  readonly dataType?: DataType;
  readonly action?: string;
  readonly type?: string;
  readonly cluster?: string;
  readonly attributes?: RawEvent['attributes'];
  readonly data?: string;
}

function anEvent(over: EventOver = {}): RawEvent {
  const { dataType = dataTypes.bundle, action = 'status.update_request', cluster = CLUSTER } = over;
  return {
    id: randomUUID(),
    source: `${cluster}-work-agent`,
    spec_version: '1.0',
    type: over.type ?? `${formatDataType(dataType)}.${action}`,
    attributes: over.attributes ?? {
      contenttype: { ce_string: 'application/json' },
      'ce-clustername': { ce_string: cluster },
      'ce-originalsource': { ce_string: '' },
    },
    binary_data: Buffer.from(over.data ?? '{}'),
  };
}

const invalid = (details: string): Ended => ({
  code: status.INVALID_ARGUMENT,
  details: expect.stringContaining(details) as unknown as string,
});

async function tokenOf(name: string): Promise<string> {
  const accounts = lab.admin.kind(ServiceAccount);
  await accounts.create({ metadata: { name, namespace: CLUSTER } }, { signal: lab.signal });
  const path = `/api/v1/namespaces/${CLUSTER}/serviceaccounts/${name}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const answer = await lab.admin.request({ method: 'POST', path, body, signal: lab.signal });
  return (JSON.parse(answer.body) as { status: { token: string } }).status.token;
}

describe('a publication', () => {
  test('reaches the service of its data type with who has sent it', async () => {
    const before = bundles.published.length;
    expect(await agent.publish(anEvent({ data: '{"a":1}' }))).toEqual(OK);
    expect(bundles.published.slice(before)).toMatchObject([
      {
        clusterName: CLUSTER,
        type: { dataType: dataTypes.bundle, subresource: 'status', action: 'update_request' },
        caller: {
          user: `system:open-cluster-management:${CLUSTER}:agent`,
          groups: [`system:open-cluster-management:${CLUSTER}`, 'system:open-cluster-management:managed-clusters'],
        },
        event: { source: `${CLUSTER}-work-agent` },
      },
    ]);
  });

  test.each<[string, RawEvent | undefined, Ended]>([
    ['no event', undefined, invalid('failed to convert to cloudevent')],
    [
      '[cloudevents-grpc 7] no attributes',
      anEvent({ attributes: {} }),
      invalid('failed to convert to cloudevent: unknown encoding'),
    ],
    [
      '[cloudevents-grpc 8] an attribute without a value',
      anEvent({ attributes: { 'ce-clustername': { ce_string: CLUSTER }, 'ce-x': {} } }),
      invalid('failed to convert to cloudevent: attribute ce-x has no value'),
    ],
    [
      '[cloudevents-grpc 9] no clustername',
      anEvent({ attributes: { contenttype: { ce_string: 'application/json' } } }),
      invalid('failed to get clustername extension'),
    ],
    [
      '[cloudevents-grpc 9] a clustername that is no string',
      anEvent({ attributes: { 'ce-clustername': { ce_integer: 1 } } }),
      invalid('failed to get clustername extension'),
    ],
    [
      '[cloudevents-grpc 10] a type of four segments',
      anEvent({ type: 'works.v1alpha1.manifestbundles.spec' }),
      invalid('failed to parse cloud event type'),
    ],
    [
      '[cloudevents-grpc 10] another subresource',
      anEvent({ action: 'scale.update_request' }),
      invalid('failed to parse cloud event type'),
    ],
    ['an unknown version', { ...anEvent(), spec_version: '2.0' }, invalid('spec_version is "2.0"')],
  ])('with %s is refused, whoever sends it, and nobody is asked', async (_what, event, ended) => {
    using stranger = server.connect({});
    const [published, asked] = [bundles.published.length, proxy.requests({ verb: 'create' }).length];
    expect(await agent.publish(event)).toEqual(ended);
    expect(await stranger.publish(event)).toEqual(ended);
    expect({ published: bundles.published.length, asked: proxy.requests({ verb: 'create' }).length }).toEqual({
      published,
      asked,
    });
  });

  test('that is no protobuf at all is refused', async () => {
    expect(await agent.publishBytes(Buffer.from([0x0a, 0x7f, 1]))).toEqual(invalid('failed to convert to cloudevent'));
  });

  test('that is too long is refused, and the next one is not', async () => {
    const { code } = await agent.publish(anEvent({ data: 'x'.repeat(5 * 1024 * 1024) }));
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
    expect(await agent.publish(anEvent())).toEqual(OK);
  });

  test('[cloudevents-grpc 53] for another cluster is refused', async () => {
    await lab.admitCluster('cluster2');
    const before = bundles.published.length;
    expect(await agent.publish(anEvent({ cluster: 'cluster2' }))).toMatchObject({
      code: status.PERMISSION_DENIED,
      details: 'access denied: user "system:open-cluster-management:cluster1:agent" is not cluster "cluster2"',
    });
    expect(bundles.published.length).toBe(before);
  });

  test.each([
    ['resync_response', 'access denied: unsupported action'],
    ['delete_request', 'may not delete'],
    ['watch_request', 'access denied: unsupported action'],
    ['nonsense', 'access denied: unsupported action'],
  ])('with action %s is refused', async (action, details) => {
    expect(await agent.publish(anEvent({ action: `spec.${action}` }))).toEqual({
      code: status.PERMISSION_DENIED,
      details: expect.stringContaining(details),
    });
  });

  test('of an unknown data type is refused', async () => {
    const type = 'io.open-cluster-management.works.v1alpha1.manifests.status.update_request';
    expect(await agent.publish(anEvent({ type }))).toEqual({
      code: status.PERMISSION_DENIED,
      details: expect.stringContaining('unsupported event type'),
    });
  });

  test('of a type that no service takes is refused', async () => {
    const event = anEvent({ dataType: dataTypes.lease, action: 'spec.update_request' });
    expect(await agent.publish(event)).toEqual(invalid('failed to find service for event type'));
  });

  test('[cloudevents-grpc 71] an error of the hub travels as what it is, any other as its text', async () => {
    const published = { dataType: dataTypes.bundle, name: 'w1' };
    bundles.onPublish = () =>
      Promise.reject(new KubeError('no such work', { code: 'not-found', status: 404, reason: 'NotFound' }));
    const metadata = { 'ce-clustername': { ce_string: CLUSTER }, 'ce-metadata': { ce_string: '{"name":"w1"}' } };
    const notFound = await agent.publish(anEvent({ attributes: metadata }));
    expect(notFound.code).toBe(status.FAILED_PRECONDITION);
    expect(JSON.parse(notFound.details)).toMatchObject({
      ErrStatus: { status: 'Failure', reason: 'NotFound', code: 404, message: 'no such work', details: { name: 'w1' } },
    });
    expect(errorOfPublish(notFound.details, published)).toMatchObject({ code: 'not-found', status: 404 });
    bundles.onPublish = () => Promise.reject(new Error('the disk is full'));
    const plain = await agent.publish(anEvent());
    expect(plain).toEqual({ code: status.FAILED_PRECONDITION, details: 'the disk is full' });
    expect(errorOfPublish(plain.details, published)).toMatchObject({ reason: 'PublishError' });
    bundles.onPublish = () => Promise.reject(new RefusedError('permission-denied', 'access denied: not yours'));
    expect(await agent.publish(anEvent())).toEqual({
      code: status.PERMISSION_DENIED,
      details: 'access denied: not yours',
    });
  });

  test.each(['\ud800', 'line\nbreak', 'ü€😀', '%', 'x'.repeat(100_000)])(
    'whatever is in the text of an error (%#), the server lives on',
    async (text) => {
      bundles.onPublish = () => Promise.reject(new Error(`bad ${text}`));
      const { code, details } = await agent.publish(anEvent());
      expect({ code, details: details.slice(0, 4) }).toEqual({ code: status.FAILED_PRECONDITION, details: 'bad ' });
      bundles.onPublish = () => Promise.resolve();
      expect(await agent.publish(anEvent())).toEqual(OK);
    },
  );

  test('that is cancelled is not carried on with', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    bundles.onPublish = (_publication, signal) => {
      begun.resolve(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    };
    const cancelling = new AbortController();
    const ended = agent.publish(anEvent(), cancelling.signal);
    const signal = await begun.promise;
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    cancelling.abort();
    await aborted;
    expect(await ended).toMatchObject({ code: status.CANCELLED });
  });
});

describe('a resync', () => {
  test('is answered on all streams of the cluster and type', async () => {
    const type = formatDataType(dataTypes.bundle);
    bundles.answers = (cluster, held) => [
      fakeEvent(dataTypes.bundle, cluster, { resourceId: 'answer', data: JSON.stringify([...held.keys()]) }),
    ];
    const streams = await Promise.all([1, 2].map(() => agent.subscribe({ cluster: CLUSTER, dataType: type })));
    const data = JSON.stringify({ resourceVersions: [{ resourceID: 'u1', resourceVersion: 7 }] });
    expect(await agent.publish(anEvent({ action: 'spec.resync_request', data }))).toEqual(OK);
    for (const stream of streams) {
      expect((await stream.next(() => true, 'the answer')).binary_data?.toString()).toBe('["u1"]');
      stream.cancel();
    }
  });

  test.each([
    ['an empty payload', '', 'the payload of the resync request is empty'],
    ['a payload that is no JSON', '{', 'no JSON'],
    ['a list that is none', '{"resourceVersions":1}', 'resourceVersions is no list'],
  ])('[cloudevents-grpc 31] with %s fails', async (_what, data, details) => {
    expect(await agent.publish(anEvent({ action: 'spec.resync_request', data }))).toEqual({
      code: status.FAILED_PRECONDITION,
      details: expect.stringMatching(new RegExp(`^failed to respond resync spec request: .*${details}`)),
    });
  });

  test('[cloudevents-grpc 30] of a type that knows none fails', async () => {
    bundles.answers = () => {
      throw new Error('list not supported');
    };
    expect(await agent.publish(anEvent({ action: 'spec.resync_request' }))).toEqual({
      code: status.FAILED_PRECONDITION,
      details: 'failed to respond resync spec request: list not supported',
    });
  });
});

describe('who calls', () => {
  test('[cloudevents-grpc 56] nobody without token and certificate', async () => {
    using stranger = server.connect({});
    const refused = { code: status.UNAUTHENTICATED, details: 'could not verify peer certificate; invalid token' };
    expect(await stranger.publish(anEvent())).toEqual(refused);
    expect(await stranger.open({ cluster: CLUSTER, dataType: formatDataType(dataTypes.bundle) }).ended).toEqual(
      refused,
    );
  });

  test('[cloudevents-grpc 56] nobody with a bad token', async () => {
    using stranger = server.connect({ token: 'nonsense' });
    expect(await stranger.publish(anEvent())).toEqual({
      code: status.UNAUTHENTICATED,
      details: 'could not verify peer certificate; token not authenticated',
    });
  });

  test('[cloudevents-grpc 56] the user of the certificate, when the token beside it is bad', async () => {
    using client = server.connect({ token: 'nonsense', certificate: await lab.clusterCertificate(CLUSTER) });
    expect(await client.publish(anEvent())).toEqual(OK);
    expect(bundles.published.at(-1)?.caller.user).toBe(`system:open-cluster-management:${CLUSTER}:agent`);
  });

  test('the user of the token, even beside a certificate; the hub is asked once for many calls', async () => {
    const token = await tokenOf('caller');
    using client = server.connect({ token, certificate: await lab.clusterCertificate(CLUSTER) });
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.publish(anEvent())));
    // The token's user may nothing: it goes before the certificate.
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([status.PERMISSION_DENIED]));
    expect(answers[0]?.details).toContain(`user "system:serviceaccount:${CLUSTER}:caller"`);
    const reviews = proxy.requests({ verb: 'create' }).filter(({ path }) => path.includes('tokenreviews'));
    expect(reviews.length).toBeLessThan(10);
  });

  test('whoever has a certificate does not wait for what strangers have asked', async () => {
    await lab.admitCluster('prompt');
    using client = await server.connectAs('prompt');
    const slow = proxy.inject({ fault: { kind: 'latency', ms: 9000 }, when: { resource: 'tokenreviews' } });
    const strangers = Array.from({ length: 80 }, (_, index) => server.connect({ token: `made-up-${index}` }));
    const waiting = strangers.map((stranger) => stranger.publish(anEvent()));
    await until(() => slow.hits > 0, { describe: 'the hub is asked about a token' });
    const first = await Promise.race([
      client.publish(anEvent({ cluster: 'prompt' })),
      ...waiting.map(async (ended) => ({ stranger: await ended })),
    ]);
    expect(first).toEqual(OK);
    slow.remove();
    await Promise.all(waiting);
    for (const stranger of strangers) stranger[Symbol.dispose]();
  });

  test('a permission is asked for once by many equal calls, a denial again for each', async () => {
    await lab.admitCluster('many');
    using client = await server.connectAs('many');
    const before = proxy.requests({ verb: 'create' }).length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.publish(anEvent({ cluster: 'many' }))));
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([status.OK]));
    expect(proxy.requests({ verb: 'create' }).length - before).toBe(1);
  });
});

describe('a flood', () => {
  test('is refused beyond what one identity may publish, and others go on', async () => {
    await Promise.all(['flood', 'calm'].map((cluster) => lab.admitCluster(cluster)));
    // Time stands still, so that nothing is granted anew however long the machine takes.
    const clock = { ...systemClock, now: () => new Date(0) };
    await using server = await lab.startServer({ services: [fakeService(dataTypes.bundle)], clock });
    using flooding = await server.connectAs('flood');
    using calm = await server.connectAs('calm');
    const { burst } = publishLimits.events;
    const tooMany = 500;
    const flood = Promise.all(
      Array.from({ length: burst + tooMany }, () => flooding.publish(anEvent({ cluster: 'flood' }))),
    );
    expect(await calm.publish(anEvent({ cluster: 'calm' }))).toEqual(OK);
    const codes = (await flood).map(({ code }) => code);
    const refused = codes.filter((code) => code === status.RESOURCE_EXHAUSTED).length;
    expect(refused).toBe(tooMany);
    expect(codes.filter((code) => code === status.OK).length).toBe(burst);
    expect(await calm.publish(anEvent({ cluster: 'calm' }))).toEqual(OK);
  });
});

test('what happened is counted under the names of the contract', async () => {
  await lab.admitCluster('counted');
  using client = await server.connectAs('counted');
  const type = formatDataType(dataTypes.bundle);
  const stream = await client.subscribe({ cluster: 'counted', dataType: type });
  await client.publish(anEvent({ cluster: 'counted' }));
  bundles.push('counted');
  await stream.next(() => true, 'the event');
  const lines = (await server.metrics()).split('\n');
  const has = (text: string, value: RegExp): void =>
    expect(lines.filter((line) => line.startsWith(text)).map((line) => line.slice(text.length))).toEqual([
      expect.stringMatching(value),
    ]);
  const consumer = `consumer="counted",data_type="${type}"`;
  has(`grpc_server_ce_subscribers{${consumer}}`, /^ 1$/);
  has(`grpc_server_ce_called_total{${consumer},method="Publish"}`, /^ 1$/);
  has(`grpc_server_ce_called_total{${consumer},method="Subscribe"}`, /^ 1$/);
  has(`grpc_server_ce_msg_received_total{${consumer},method="Publish"}`, /^ 1$/);
  has(`grpc_server_ce_msg_sent_total{${consumer},method="Subscribe"}`, /^ 1$/);
  has(`grpc_server_ce_processed_total{${consumer},method="Publish",grpc_code="OK"}`, /^ 1$/);
  has(`grpc_server_ce_processing_duration_seconds_count{${consumer},method="Publish",grpc_code="OK"}`, /^ 1$/);
  const call = 'grpc_service="io.cloudevents.v1.CloudEventService",grpc_type';
  has(`grpc_server_started_total{grpc_method="Subscribe",${call}="server_stream"}`, /^ [1-9]/);
  has(`grpc_server_msg_received_total{grpc_method="Publish",${call}="unary"}`, /^ [1-9]/);
  has(`grpc_server_msg_received_bytes_total{grpc_method="Publish",${call}="unary"}`, /^ [1-9]/);
  has(`grpc_server_msg_sent_total{grpc_method="Subscribe",${call}="server_stream"}`, /^ [1-9]/);
  has(`grpc_server_msg_sent_bytes_total{grpc_method="Subscribe",${call}="server_stream"}`, /^ [1-9]/);
  has(`grpc_server_handled_total{grpc_method="Publish",${call}="unary",grpc_code="InvalidArgument"}`, /^ [1-9]/);
  has(`grpc_server_handling_seconds_count{grpc_method="Publish",${call}="unary"}`, /^ [1-9]/);
  has(
    'grpc_server_ce_processed_total{consumer="unknown",data_type="unknown",method="Publish",grpc_code="InvalidArgument"}',
    /^ [1-9]/,
  );
  expect(
    lines.filter((line) => /^grpc_server_active_connections\{remote_addr="[^"]+",local_addr="[^"]+"\} 1$/.test(line)),
  ).not.toEqual([]);
});

describe('with the services of the hub', () => {
  test('[cloudevents-grpc 55] a ManagedCluster cannot be deleted by its agent', async () => {
    await using real = await lab.startServer();
    using client = await real.connectAs(CLUSTER);
    const cluster = await lab.admin
      .kind(ManagedCluster)
      .create({ metadata: { name: CLUSTER }, spec: { hubAcceptsClient: true } }, { signal: lab.signal });
    const event = anEvent({
      dataType: dataTypes.managedCluster,
      action: 'spec.delete_request',
      data: JSON.stringify(cluster),
    });
    expect(await client.publish(event)).toMatchObject({ code: status.PERMISSION_DENIED });
    const found = await lab.admin.kind(ManagedCluster).get(CLUSTER, { signal: lab.signal });
    expect(found.metadata.deletionTimestamp).toBeUndefined();
  });

  test('[cloudevents-grpc 71] what the hub does not find is a native NotFound', async () => {
    await using real = await lab.startServer();
    using client = await real.connectAs(CLUSTER);
    const addOn = { ...anAddOn({ name: 'not-there', namespace: CLUSTER }), status: {} };
    const { code, details } = await client.publish(anEvent({ dataType: dataTypes.addOn, data: JSON.stringify(addOn) }));
    expect(code).toBe(status.FAILED_PRECONDITION);
    expect(JSON.parse(details)).toMatchObject({
      ErrStatus: { code: 404, reason: 'NotFound', details: { name: 'not-there' } },
    });
  });
});
