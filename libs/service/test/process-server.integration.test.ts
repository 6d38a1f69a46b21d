import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClusterRole, ClusterRoleBinding, ServiceAccount } from '@ocm/api';
import { connect, kubeconfigFile, type KubeClient, reviewAccess, systemClock } from '@ocm/kube';
import { type ControlPlane, startControlPlane, until } from '@ocm/testing';
import { createAccessGuard, createProcessMetrics, type Listener, openProcessServer } from '../src/index.ts';
import { httpsGet } from './https-get.ts';
import { recordedLog } from './recorded-log.ts';

const stop = new AbortController();
const { signal } = stop;
let controlPlane: ControlPlane;
let client: KubeClient;
let server: Listener;

beforeAll(async () => {
  controlPlane = await startControlPlane({ crds: false });
  const source = kubeconfigFile(controlPlane.adminKubeconfigPath);
  client = await connect(source, { userAgent: 'test', signal });
  const metrics = createProcessMetrics({
    clock: systemClock,
    namespace: 'open-cluster-management-hub',
    build: { major: '1', minor: '3', gitVersion: 'v1.3.0', gitCommit: 'a', gitTreeState: 'clean', buildDate: '2026' },
  });
  server = await openProcessServer({
    config: { listen: '127.0.0.1:0', tlsMinVersion: undefined, tlsCipherSuites: [], servingConfigFile: undefined },
    health: [{ name: 'ping', check: () => undefined }],
    metrics: { source: metrics.source, guard: createAccessGuard({ client, clock: systemClock }) },
    clock: systemClock,
    log: recordedLog().log,
    certificateDirectory: '/nowhere',
  });
});

afterAll(async () => {
  await server.close();
  stop.abort();
  await controlPlane.stop();
});

/** A token of a new service account in `default`. */
async function tokenOf(name: string): Promise<string> {
  const metadata = { name, namespace: 'default' };
  await client.kind(ServiceAccount).create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata }, { signal });
  const { body } = await client.request({
    method: 'POST',
    path: `/api/v1/namespaces/default/serviceaccounts/${name}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    signal,
  });
  return (JSON.parse(body) as { status: { token: string } }).status.token;
}

async function allowMetrics(name: string): Promise<void> {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { name: `${name}-metrics` };
  const rules = [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }];
  await client.kind(ClusterRole).create({ apiVersion, kind: 'ClusterRole', metadata, rules }, { signal });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name } as const;
  const subjects = [{ kind: 'ServiceAccount' as const, name, namespace: 'default' }];
  const binding = { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects };
  await client.kind(ClusterRoleBinding).create(binding, { signal });
  const user = `system:serviceaccount:default:${name}`;
  const path = { path: '/metrics', verb: 'get' };
  await until(async () => (await reviewAccess(client, { user, path }, { signal })).allowed, {
    describe: `${name} may get metrics`,
  });
}

const metricsWith = (token: string) =>
  httpsGet(server.port, '/metrics', { headers: { authorization: `Bearer ${token}` } });

test('[operator 70] health is open; metrics want a token that may get the path, and tell the build', async () => {
  const [reader, stranger] = await Promise.all([tokenOf('prometheus'), tokenOf('stranger')]);
  await allowMetrics('prometheus');
  expect(await httpsGet(server.port, '/healthz')).toMatchObject({ status: 200, body: 'ok' });
  expect((await httpsGet(server.port, '/metrics')).status).toBe(401);
  expect((await metricsWith('not-a-token')).status).toBe(401);
  expect((await metricsWith(stranger)).status).toBe(403);
  const answer = await metricsWith(reader);
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('open_cluster_management_hub_build_info{');
});
