import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ManifestWork, Namespace } from '@ocm/api';
import { connect, type KubeClient, kubeconfigFile } from '@ocm/kube';
import {
  aWorkSpec,
  type ControlPlane,
  freePort,
  startControlPlane,
  startSupervisor,
  writeServingCertificate,
} from '@ocm/testing';
import { installWebhooks } from './webhook-lab.ts';
import { startWork } from './work-process.ts';

const stopping = new AbortController();
const { signal } = stopping;
const supervisor = startSupervisor();
let controlPlane: ControlPlane;
let admin: KubeClient;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  admin = await connect(kubeconfigFile(controlPlane.adminKubeconfigPath), { userAgent: 'test', signal });
  await admin.kind(Namespace).create({ metadata: { name: 'cluster1' } }, { signal });
});
afterAll(async () => {
  stopping.abort();
  await supervisor.stop();
  await controlPlane.stop();
});

test('work webhook-server serves admission, health and metrics, and ends with code 0', async () => {
  const { directory } = controlPlane;
  await writeServingCertificate(controlPlane.ca, join(directory, 'certs'));
  const [port, metrics, health] = [await freePort(), await freePort(), await freePort()];
  const process = startWork({ supervisor, directory }, [
    'webhook-server',
    `--kubeconfig=${controlPlane.adminKubeconfigPath}`,
    `--certdir=${join(directory, 'certs')}`,
    `--port=${port}`,
    `--metrics-port=${metrics}`,
    `--health-probe-port=${health}`,
  ]);
  await process.logged('webhooks are served');
  await installWebhooks(admin, { url: `https://127.0.0.1:${port}`, caPem: controlPlane.caPem }, signal);
  const metadata = { namespace: 'cluster1', name: 'one' };
  await admin.kind(ManifestWork).create({ metadata, spec: aWorkSpec() }, { signal });
  const pages = await Promise.all(
    [`${health}/healthz`, `${health}/readyz`, `${metrics}/metrics`].map(async (page) => {
      const answer = await fetch(`http://127.0.0.1:${page}`, { signal });
      await answer.text();
      return answer.status;
    }),
  );
  expect(pages).toEqual([200, 200, 200]);
  process.signal('SIGTERM');
  expect(await process.ended).toBe(0);
});
