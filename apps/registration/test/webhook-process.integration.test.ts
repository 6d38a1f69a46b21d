import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ManagedCluster } from '@ocm/api';
import { connect, type KubeClient, kubeconfigFile } from '@ocm/kube';
import { type ControlPlane, freePort, startControlPlane, until, writeServingCertificate } from '@ocm/testing';
import { logged, type RegistrationProcess, startRegistration } from './registration-process.ts';
import { installWebhooks } from './webhook-lab.ts';

const stopping = new AbortController();
const { signal } = stopping;
let controlPlane: ControlPlane;
let admin: KubeClient;
let directory: string;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  admin = await connect(kubeconfigFile(controlPlane.adminKubeconfigPath), { userAgent: 'test', signal });
  directory = join(controlPlane.directory, 'serving-certs');
  await writeServingCertificate(controlPlane.ca, directory, 'first');
});
afterAll(async () => {
  stopping.abort();
  await controlPlane.stop();
});

interface Ports {
  readonly port: number;
  readonly metrics: number;
  readonly health: number;
}

async function freePorts(): Promise<Ports> {
  const [port, metrics, health] = [await freePort(), await freePort(), await freePort()];
  return { port, metrics, health };
}

function startWebhookServer({ port, metrics, health }: Ports, ...flags: readonly string[]): RegistrationProcess {
  const kubeconfig = `--kubeconfig=${controlPlane.adminKubeconfigPath}`;
  const ports = [`--port=${port}`, `--metrics-port=${metrics}`, `--health-probe-port=${health}`];
  return startRegistration(['webhook-server', kubeconfig, `--certdir=${directory}`, ...ports, ...flags]);
}

async function get(port: number, path: string): Promise<{ readonly status: number; readonly body: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal });
  return { status: answer.status, body: await answer.text() };
}

async function shownCertificate(port: number): Promise<unknown> {
  const socket = connectTls({ port, host: '127.0.0.1', ca: controlPlane.caPem });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN;
}

describe('registration webhook-server', () => {
  test('[registration 24] serves admission, health and metrics, follows its certificate, and ends with code 0', async () => {
    const ports = await freePorts();
    await using process = startWebhookServer(ports);
    await logged(process, 'webhooks are served');
    expect(await Promise.all(['/healthz', '/readyz', '/metrics'].map((path) => get(ports.health, path)))).toEqual([
      { status: 200, body: 'ok' },
      { status: 200, body: 'ok' },
      { status: 404, body: 'not found\n' },
    ]);
    await installWebhooks(admin, { url: `https://127.0.0.1:${ports.port}`, caPem: controlPlane.caPem }, signal);
    const { status, body } = await get(ports.metrics, '/metrics');
    expect(status).toBe(200);
    expect(body).toMatch(
      /controller_runtime_webhook_requests_total\{webhook="\/mutate-cluster-[^"]*-managedcluster",code="200"\} [1-9]/,
    );
    expect(body).toContain('process_resident_memory_bytes');

    expect(await shownCertificate(ports.port)).toBe('first');
    await writeServingCertificate(controlPlane.ca, directory, 'second');
    await until(async () => (await shownCertificate(ports.port)) === 'second', { describe: 'the new certificate' });
    const cluster = await admin.kind(ManagedCluster).create({ metadata: { name: 'after-renewal' } }, { signal });
    expect(cluster.metadata.labels).toEqual({ 'cluster.open-cluster-management.io/clusterset': 'default' });

    process.signal('SIGTERM');
    expect(await process.ended).toBe(0);
    expect(process.stderr()).toBe('');
  });

  test('[registration 24] serves neither health nor metrics on port 0, and nothing below TLS 1.2 whatever it is told', async () => {
    const { port } = await freePorts();
    await using process = startWebhookServer({ port, metrics: 0, health: 0 }, '--tls-min-version=VersionTLS10');
    await logged(process, 'webhooks are served');
    const socket = connectTls({ port, host: '127.0.0.1', ca: controlPlane.caPem, maxVersion: 'TLSv1.1' });
    await expect(once(socket, 'secureConnect')).rejects.toThrow();
    process.signal('SIGTERM');
    expect(await process.ended).toBe(0);
  });

  test.each<{ what: string; flags: readonly string[]; says: string }>([
    { what: 'a directory without certificate', flags: ['--certdir=/nowhere'], says: '/nowhere/tls.crt does not exist' },
    { what: 'a gate that is not its own', flags: ['--feature-gates=ClusterProfile=true'], says: 'ClusterProfile' },
    { what: 'an unknown TLS version', flags: ['--tls-min-version=VersionTLS9'], says: '--tls-min-version' },
    { what: 'a kubeconfig that is not there', flags: ['--kubeconfig=/nowhere'], says: '/nowhere' },
  ])('[registration 24] $what ends it with code 1 and one line that says so', async ({ flags, says }) => {
    await using process = startWebhookServer(await freePorts(), ...flags);
    expect(await process.ended).toBe(1);
    expect(process.stderr()).toContain(says);
    expect(process.stderr().trim().split('\n')).toHaveLength(1);
  });
});
