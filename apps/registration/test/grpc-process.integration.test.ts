import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { ManifestWork } from '@ocm/api';
import { dataTypes, formatDataType } from '@ocm/cloudevents';
import { type ControlPlane, freePort, startControlPlane, until } from '@ocm/testing';
import { connectRaw, type RawClient } from './grpc-client.ts';
import { GRPC_SERVER_USER, type GrpcLab, startGrpcLab } from './grpc-lab.ts';
import { logged, type RegistrationProcess, startRegistration } from './registration-process.ts';

const BUNDLES = formatDataType(dataTypes.bundle);
const CLUSTER = 'cluster1';

let controlPlane: ControlPlane;
let lab: GrpcLab;
let kubeconfig: string;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  lab = await startGrpcLab(controlPlane);
  await lab.admitCluster(CLUSTER);
  kubeconfig = join(lab.directory, 'kubeconfig');
  await controlPlane.writeKubeconfig(kubeconfig, { user: GRPC_SERVER_USER });
});
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
  await controlPlane?.stop();
});

interface Ports {
  readonly grpc: number;
  readonly https: number;
}

/** The keys that the lab's files need, and more. */
async function configFile(port: number, keys: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const path = join(lab.directory, `config-${port}.yaml`);
  const files = {
    tls_cert_file: join(lab.servingDirectory, 'tls.crt'),
    tls_key_file: join(lab.servingDirectory, 'tls.key'),
    client_ca_file: lab.caFile,
    server_bind_port: port,
  };
  await writeFile(path, JSON.stringify({ ...files, ...keys }));
  return path;
}

async function startServer(
  flags: readonly string[] = [],
  keys: Readonly<Record<string, unknown>> = {},
): Promise<RegistrationProcess & { readonly ports: Ports }> {
  const ports = { grpc: await freePort(), https: await freePort() };
  const file = `--server-config=${await configFile(ports.grpc, keys)}`;
  const listen = `--listen=127.0.0.1:${ports.https}`;
  const args = ['grpc', `--kubeconfig=${kubeconfig}`, '--namespace=hub', listen, file, ...flags];
  return Object.assign(startRegistration(args), { ports });
}

async function agentOf({ grpc }: Ports): Promise<RawClient> {
  const certificate = await lab.clusterCertificate(CLUSTER);
  return connectRaw(`127.0.0.1:${grpc}`, { caPem: lab.ca.certificatePem, certificate });
}

function get(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('registration grpc', () => {
  test('serves clusters, health and metrics, and ends in good order', async () => {
    await using process = await startServer();
    await logged(process, 'serving clusters by gRPC');
    using agent = await agentOf(process.ports);
    const stream = await agent.subscribe({ cluster: CLUSTER, dataType: BUNDLES });
    const work = await lab.admin.kind(ManifestWork).create(
      {
        metadata: { name: 'w1', namespace: CLUSTER },
        spec: {
          workload: { manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } }] },
        },
      },
      { signal: lab.signal },
    );
    const event = await stream.next(() => true, 'the work');
    expect(event.attributes['ce-resourceid']).toMatchObject({ ce_string: work.metadata.uid });
    expect(
      await Promise.all(['/healthz', '/readyz', '/metrics'].map((path) => get(process.ports.https, path))),
    ).toEqual([200, 200, 401]);
    const signalledMs = Date.now();
    process.signal('SIGTERM');
    expect(await stream.ended).toEqual({ code: status.UNAVAILABLE, details: 'the server is shutting down' });
    expect(await process.ended).toBe(0);
    expect(Date.now() - signalledMs).toBeLessThan(10_000);
    expect(process.stderr()).toBe('');
  });

  test('is alive but not ready while the hub does not answer, and lets nobody in', async () => {
    await using stack = new AsyncDisposableStack();
    await controlPlane.freezeApiServer();
    stack.defer(() => controlPlane.thawApiServer());
    const process = stack.use(await startServer());
    await until(async () => (await get(process.ports.https, '/healthz').catch(() => 0)) === 200, {
      describe: 'it is alive',
      deadlineMs: 35_000,
    });
    expect(await get(process.ports.https, '/readyz')).toBe(500);
    expect(process.output()).not.toContain('serving clusters by gRPC');
    controlPlane.thawApiServer();
    await until(async () => (await get(process.ports.https, '/readyz')) === 200, { describe: 'it is ready' });
    using agent = await agentOf(process.ports);
    await agent.subscribe({ cluster: CLUSTER, dataType: BUNDLES });
  });

  test('[cloudevents-grpc 59] serves the versions of TLS that it is told to, on both ports', async () => {
    await using process = await startServer(['--tls-min-version=VersionTLS13'], { tls_min_version: 'VersionTLS12' });
    await logged(process, 'serving clusters by gRPC');
    for (const port of [process.ports.grpc, process.ports.https]) {
      const socket = connectTls({ port, host: '127.0.0.1', maxVersion: 'TLSv1.2', rejectUnauthorized: false });
      const [error] = (await once(socket, 'error')) as [Error];
      expect(error.message).toContain('protocol version');
    }
    using agent = await agentOf(process.ports);
    await agent.subscribe({ cluster: CLUSTER, dataType: BUNDLES });
  });

  test('a stranger who holds connections open without a word is cut off', async () => {
    await using process = await startServer([], { connection_timeout: '300ms' });
    await logged(process, 'serving clusters by gRPC');
    const { connect } = await import('node:net');
    const socket = connect({ port: process.ports.grpc, host: '127.0.0.1' });
    await once(socket, 'close');
  });

  test.each<{ what: string; flags?: readonly string[]; keys?: Readonly<Record<string, unknown>>; says: string }>([
    {
      what: '[cloudevents-grpc 13] a heartbeat of 5 s',
      flags: ['--broker-heartbeat-interval=5s'],
      says: 'must be at least 10 seconds when heartbeat is enabled',
    },
    {
      what: '[cloudevents-grpc 59] a TLS version below 1.2 as flag',
      flags: ['--tls-min-version=VersionTLS11'],
      says: 'minimum supported is TLS 1.2',
    },
    {
      what: '[cloudevents-grpc 59] one in the file',
      keys: { tls_min_version: 'TLSv1.0' },
      says: 'minimum supported is TLS 1.2',
    },
    {
      what: '[cloudevents-grpc 59] a minimum above the maximum',
      keys: { tls_min_version: 'VersionTLS13', tls_max_version: 'VersionTLS12' },
      says: 'newer than tls_max_version',
    },
    {
      what: '[cloudevents-grpc 59] an unknown suite',
      keys: { cipher_suites: 'TLS_NOTHING' },
      says: 'unrecognized cipher suite',
    },
    {
      what: 'a key of the wrong type',
      keys: { max_concurrent_streams: 'many' },
      says: 'max_concurrent_streams must be',
    },
    { what: 'a watch interval that is too short', keys: { cert_watch_interval: '10s' }, says: 'cert_watch_interval' },
    { what: 'no serving certificate', keys: { tls_cert_file: '/nowhere/tls.crt' }, says: '/nowhere/tls.crt' },
    { what: 'no client authorities', keys: { client_ca_file: '/nowhere/ca.crt' }, says: '/nowhere/ca.crt' },
    {
      what: '[cloudevents-grpc 59] a file that does not exist: the defaults hold, and their certificates are missing',
      flags: ['--server-config=/nowhere/config.yaml'],
      says: '/var/run/secrets/hub/grpc/serving-cert/tls.crt',
    },
    { what: 'an unknown gate', flags: ['--feature-gates=Nonsense=true'], says: 'Nonsense' },
  ])('$what ends it with code 1 and one line that says so', async ({ flags = [], keys = {}, says }) => {
    await using process = await startServer(flags, keys);
    expect(await process.ended).toBe(1);
    expect(process.stderr()).toContain(says);
    expect(process.stderr().trim().split('\n')).toHaveLength(1);
  });

  test('an empty bundle of authorities is refused', async () => {
    const empty = join(lab.directory, 'empty.crt');
    await writeFile(empty, '');
    await using process = await startServer([], { client_ca_file: empty });
    expect(await process.ended).toBe(1);
    expect(process.stderr()).toContain('holds no certificate');
    await rm(empty);
  });
});

describe('the serving certificate', () => {
  test('[cloudevents-grpc 58] is replaced without a restart, and a broken one is passed over', async () => {
    await using server = await lab.startServer({ services: [], certificateLookMs: 100 });
    const expiryNow = async (): Promise<string | undefined> => {
      const socket = connectTls({
        port: server.port,
        host: '127.0.0.1',
        ca: lab.ca.certificatePem,
        ALPNProtocols: ['h2'],
      });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerX509Certificate() ?? {};
      socket.destroy();
      return fingerprint256;
    };
    const before = await expiryNow();
    await writeFile(join(lab.servingDirectory, 'tls.crt'), 'broken');
    await until(async () => (await expiryNow()) === before, { describe: 'the old certificate' });
    await lab.renewServingCertificate();
    await until(async () => (await expiryNow()) !== before, { describe: 'the new certificate' });
  });
});

describe('heartbeats', () => {
  test('[cloudevents-grpc 11] come once per interval, the first after one, without attributes', async () => {
    await using server = await lab.startServer({ services: [], heartbeatMs: 1000 });
    using agent = await server.connectAs(CLUSTER);
    const startedMs = Date.now();
    const stream = await agent.subscribe({ cluster: CLUSTER, dataType: BUNDLES });
    let early = 0;
    await until(
      () => {
        const { length } = stream.heartbeats;
        // One for each interval that has passed, and none before.
        early = Math.max(early, length - (Date.now() - startedMs + 100) / 1000);
        return length >= 3;
      },
      { describe: 'three heartbeats' },
    );
    expect(early).toBe(0);
    for (const beat of stream.heartbeats) {
      expect(beat).toMatchObject({
        spec_version: '1.0',
        type: 'io.open-cluster-management.cloudevents.heartbeat',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(Object.keys(beat.attributes ?? {})).toEqual([]);
    }
    expect(new Set(stream.heartbeats.map(({ id }) => id)).size).toBe(stream.heartbeats.length);
  });
});
