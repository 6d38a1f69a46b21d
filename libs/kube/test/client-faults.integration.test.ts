import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigMap, Namespace } from '@ocm/api';
import {
  aConfigMap,
  aNamespace,
  type ControlPlane,
  type FaultProxy,
  startControlPlane,
  startFaultProxy,
} from '@ocm/testing';
import { connect, type ConnectOptions, type KubeClient, kubeconfigFile } from '../src/index.ts';

const stop = new AbortController();
const { signal } = stop;
let cp: ControlPlane;
let proxy: FaultProxy;
let directory: string;
let count = 0;

beforeAll(async () => {
  cp = await startControlPlane({ crds: false });
  proxy = await startFaultProxy({ controlPlane: cp });
  directory = await mkdtemp(join(tmpdir(), 'kube-client-'));
});
afterEach(() => proxy.clearFaults());
afterAll(async () => {
  stop.abort();
  await proxy?.close();
  await cp?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function clientVia(server: string, options: Partial<ConnectOptions> = {}): Promise<KubeClient> {
  const text = await cp.kubeconfig('admin', { server });
  return connect({ kind: 'text', text, directory }, { userAgent: 'faults', signal, ...options });
}

async function newNamespace(client: KubeClient): Promise<string> {
  count += 1;
  const { metadata } = await client.kind(Namespace).create(aNamespace({ name: `faults-${count}` }), { signal });
  return metadata.name;
}

describe('through an unreliable connection', () => {
  test('reads succeed although connections break before and after the server has seen them', async () => {
    const client = await clientVia(proxy.url);
    const namespace = await newNamespace(client);
    const maps = client.kind(ConfigMap);
    await maps.create(aConfigMap({ namespace, name: 'm' }), { signal });
    for (const kind of ['drop-request', 'drop-answer'] as const) {
      const fault = proxy.inject({ fault: { kind }, when: { resource: 'configmaps' }, times: 1 });
      expect(await maps.get({ namespace, name: 'm' }, { signal })).toMatchObject({ metadata: { name: 'm' } });
      const [page] = await Array.fromAsync(maps.list({ namespace, signal }));
      expect(page?.items).toHaveLength(1);
      expect(fault.hits).toBe(1);
    }
  });

  test('a write whose answer is lost is `unavailable`, and has been done once', async () => {
    const client = await clientVia(proxy.url);
    const namespace = await newNamespace(client);
    const maps = client.kind(ConfigMap);
    proxy.inject({ fault: { kind: 'drop-answer' }, when: { verb: 'create', resource: 'configmaps' }, times: 1 });
    const made = maps.create({ metadata: { namespace, generateName: 'm-' } }, { signal });
    await expect(made).rejects.toMatchObject({ code: 'unavailable' });
    const [page] = await Array.fromAsync(maps.list({ namespace, signal }));
    expect(page?.items).toHaveLength(1);
  });

  test('a watch whose connection breaks is an error, and goes on where it was', async () => {
    const client = await clientVia(proxy.url);
    const namespace = await newNamespace(client);
    const maps = client.kind(ConfigMap);
    const first = await maps.create(aConfigMap({ namespace, name: 'm1' }), { signal });
    const { resourceVersion: before = '' } = first.metadata;
    const watch = maps.watch({ namespace, resourceVersion: before, signal })[Symbol.asyncIterator]();
    const second = await maps.create(aConfigMap({ namespace, name: 'm2' }), { signal });
    expect((await watch.next()).value).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'm2' } } });
    const next = watch.next();
    proxy.dropConnections();
    await expect(next).rejects.toMatchObject({ code: 'unavailable' });
    await maps.create(aConfigMap({ namespace, name: 'm3' }), { signal });
    const { resourceVersion = '' } = second.metadata;
    for await (const event of maps.watch({ namespace, resourceVersion, signal })) {
      expect(event).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'm3' } } });
      break;
    }
  });

  test('a watch that the server has forgotten is `gone`', async () => {
    const client = await clientVia(proxy.url);
    proxy.inject({ fault: { kind: 'watch', how: 'gone' } });
    const events = client.kind(ConfigMap).watch({ resourceVersion: '1', signal });
    await expect(Array.fromAsync(events)).rejects.toMatchObject({ code: 'gone', status: 410 });
  });
});

describe('a busy server', () => {
  test('is obeyed, and the request succeeds in the end', async () => {
    const client = await clientVia(proxy.url, { random: () => 0 });
    const namespace = await newNamespace(client);
    const fault = proxy.inject({
      fault: { kind: 'status', code: 429, retryAfterSeconds: 1 },
      when: { verb: 'create', resource: 'configmaps' },
      times: 2,
    });
    const startMs = performance.now();
    await client.kind(ConfigMap).create(aConfigMap({ namespace, name: 'm' }), { signal });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(1990);
    expect(fault.hits).toBe(2);
  });
});

describe('a server that restarts', () => {
  test('is `unavailable`, and then answers again', async () => {
    const client = await clientVia(cp.url);
    await client.version({ signal });
    await cp.stopApiServer();
    await expect(client.version({ signal })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^getting the version: cannot connect to https:.*ECONNREFUSED/),
    });
    await cp.startApiServer();
    expect(await client.version({ signal })).toMatch(/^v1/);
  });
});

describe('credentials', () => {
  test('[registration 5.3] a renewed certificate replaces the old one, and its connections are dropped', async () => {
    const path = join(directory, 'kubeconfig');
    const files = { cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
    const use = async (user: string): Promise<void> => {
      const { certificatePem, privateKeyPem } = await cp.clientCertificate({ user, groups: ['system:masters'] });
      await writeFile(files.cert, certificatePem);
      await writeFile(files.key, privateKeyPem);
    };
    await use('before');
    const user = { 'client-certificate': 'tls.crt', 'client-key': 'tls.key' };
    const kubeconfig = JSON.stringify({
      clusters: [
        {
          name: 'c',
          cluster: { server: proxy.url, 'certificate-authority-data': Buffer.from(cp.caPem).toString('base64') },
        },
      ],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    });
    await writeFile(path, kubeconfig);
    const options = { userAgent: 'rotating', signal, credentialReloadMs: 100 };
    const client = await connect(kubeconfigFile(path), options);
    const watch = client.kind(ConfigMap).watch({ resourceVersion: '', signal })[Symbol.asyncIterator]();
    expect((await watch.next()).done).toBe(false);
    await use('after');
    // Ends without an error, so that whoever watches opens it again at once.
    while ((await watch.next()).done !== true);
    await client.version({ signal });
    const users = proxy.requests({ userAgent: /^rotating$/ }).map((request) => request.user);
    expect(users).toEqual(['before', 'after']);
  });
});

test('a process with an idle connection can end', async () => {
  const program = `
    const { connect, kubeconfigFile } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)});
    const { signal } = new AbortController();
    const client = await connect(kubeconfigFile(process.argv[1]), { userAgent: 'idle', signal });
    await client.version({ signal });
    process.stdout.write('answered');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, cp.adminKubeconfigPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  expect([code, output]).toEqual([0, 'answered']);
});
