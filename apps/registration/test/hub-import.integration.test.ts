import {
  ConfigMap,
  CustomResourceDefinition,
  Deployment,
  Klusterlet,
  ManagedCluster,
  Namespace,
  Secret,
  ServiceAccount,
} from '@ocm/api';
import { connect, kubeconfigFile, parseKubeconfig } from '@ocm/kube';
import { type ControlPlane, startControlPlane, until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CapiCluster } from '../src/hub/import/cluster-api.ts';
import { type ClusterActor, clusterActor, type HubLab, startHubLab } from './hub-lab.ts';
import { capiKubeconfigRules, clusterImporterRules } from './registration-controller-role.ts';

const IMPORTED = 'ManagedClusterImportSucceeded';
let lab: HubLab;
let target: ControlPlane;

beforeAll(async () => {
  [lab, target] = await Promise.all([startHubLab({ controllerManager: true }), startControlPlane({ crds: false })]);
  await lab.grantHub('cluster-importer', clusterImporterRules);
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await target.stop();
});

async function installClusterApi(): Promise<void> {
  const { group, version, plural, kind } = CapiCluster;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const versions = [{ name: version, served: true, storage: true, schema, subresources: { status: {} } }];
  const spec = {
    group,
    scope: 'Namespaced',
    names: { plural, kind, singular: 'cluster', listKind: 'ClusterList' },
    versions,
  };
  const annotations = { 'api-approved.kubernetes.io': 'unapproved, for a test' };
  const crd = { metadata: { name: `${plural}.${group}`, annotations }, spec } as CustomResourceDefinition;
  await lab.admin.kind(CustomResourceDefinition).create(crd, { signal: lab.signal });
}

async function createCapiCluster(name: string): Promise<void> {
  const { admin, signal } = lab;
  await until(() => admin.kind(CapiCluster).create({ metadata: { namespace: name, name } }, { signal }), {
    describe: 'Cluster API is served and the cluster made',
  });
}

async function provision(name: string): Promise<void> {
  const { admin, signal } = lab;
  await admin
    .kind(CapiCluster)
    .mergePatch({ namespace: name, name }, { status: { phase: 'Provisioned' } }, { subresource: 'status', signal });
}

async function putSecret(namespace: string, name: string, data: Readonly<Record<string, string>>): Promise<void> {
  const stringData = data;
  await lab.admin.kind(Secret).create({ metadata: { namespace, name }, stringData }, { signal: lab.signal });
}

async function untilSays(cluster: ClusterActor, status: string, reason: string): Promise<void> {
  await until(async () => expect(await cluster.condition(IMPORTED)).toMatchObject({ status, reason }) === undefined, {
    describe: `${cluster.name} says ${reason}`,
  });
}

test('the gate on a hub without Cluster API keeps nothing else from working', async () => {
  await using _hub = await lab.startHub({ gates: { ClusterImporter: true } });
  await clusterActor(lab, 'plain').createAccepted();
});

test('[registration 51] a cluster of Cluster API is imported once it is provisioned and configured', async () => {
  await installClusterApi();
  await using _hub = await lab.startHub({ gates: { ClusterImporter: true } });
  const cluster = clusterActor(lab, 'capi1');
  await cluster.createAccepted();
  await createCapiCluster('capi1');
  await untilSays(cluster, 'False', 'KubeConfigNotFound');
  await putSecret('capi1', 'capi1-kubeconfig', { value: await target.kubeconfig('admin') });
  await provision('capi1');
  // The packaged role does not let the hub read the kubeconfigs of Cluster API.
  await untilSays(cluster, 'False', 'KubeConfigGetFailed');
  expect((await cluster.condition(IMPORTED))?.message).toMatch(/secrets.*capi1-kubeconfig.*403.*forbidden/i);
  await lab.grantHub('capi-kubeconfigs', capiKubeconfigRules);
  await untilSays(cluster, 'False', 'ConfigRendererFailed');
  const values = 'bootstrapHubKubeConfig: "a kubeconfig"\nklusterlet:\n  mode: Default\n';
  await putSecret('capi1', 'cluster-import-config', { 'values.yaml': values });
  await untilSays(cluster, 'True', 'ImportSucceed');

  const { signal } = lab;
  await using spoke = await connect(kubeconfigFile(target.adminKubeconfigPath), { userAgent: 'test', signal });
  expect((await spoke.kind(Klusterlet).get('klusterlet', { signal })).spec).toMatchObject({
    clusterName: 'capi1',
    deployOption: { mode: 'Default' },
  });
  const inAgentNamespace = { namespace: 'open-cluster-management-agent' };
  const secret = await spoke.kind(Secret).get({ ...inAgentNamespace, name: 'bootstrap-hub-kubeconfig' }, { signal });
  expect(Buffer.from(secret.data?.['kubeconfig'] ?? '', 'base64').toString()).toBe('a kubeconfig');
  const operator = await spoke.kind(Deployment).get({ ...inAgentNamespace, name: 'klusterlet' }, { signal });
  expect(operator.spec?.template.spec?.containers[0]?.args).toEqual(['/registration-operator', 'klusterlet']);

  // It is never touched again.
  await spoke.kind(Klusterlet).delete('klusterlet', { signal });
  await cluster.touch();
  await clusterActor(lab, 'after-capi1').createAccepted();
  expect(await spoke.kind(Klusterlet).find('klusterlet', { signal })).toBeUndefined();

  // Unless somebody takes the condition away.
  await until(
    async () => {
      const seen = await lab.admin.kind(ManagedCluster).get('capi1', { signal });
      const conditions = seen.status?.conditions?.filter(({ type }) => type !== IMPORTED) ?? [];
      return lab.admin.kind(ManagedCluster).patchStatus(seen, { ...seen.status, conditions }, { signal });
    },
    { describe: 'the condition is taken away' },
  );
  await until(() => spoke.kind(Klusterlet).find('klusterlet', { signal }), { describe: 'it is imported again' });
});

test('the hub renders a bootstrap kubeconfig of its own with render-auto, and refuses a kubeconfig that runs programs', async () => {
  const { admin, signal } = lab;
  const account = { namespace: 'open-cluster-management', name: 'agent-registration-bootstrap' };
  await admin.kind(Namespace).create({ metadata: { name: account.namespace } }, { signal });
  await admin.kind(ServiceAccount).create({ metadata: account }, { signal });
  await until(() => admin.kind(ConfigMap).find({ namespace: 'kube-public', name: 'kube-root-ca.crt' }, { signal }), {
    describe: 'the root CA is published',
  });
  await using _hub = await lab.startHub({
    gates: { ClusterImporter: true },
    importing: {
      renderers: ['render-auto'],
      hubApiServerUrl: 'https://hub.example.com',
      agentImage: 'mine/operator:1',
      bootstrapServiceAccount: account,
      namespace: 'default',
      imagePullSecretName: 'none',
    },
  });
  const cluster = clusterActor(lab, 'capi2');
  await cluster.createAccepted();
  await createCapiCluster('capi2');
  await provision('capi2');
  await untilSays(cluster, 'False', 'KubeConfigGetFailed');
  const text = await target.kubeconfig('admin');
  const unsafe = text.replace(
    /client-key-data: .*/,
    'exec: {command: "true", apiVersion: client.authentication.k8s.io/v1}',
  );
  await putSecret('capi2', 'capi2-kubeconfig', { value: unsafe });
  const ref = { namespace: 'capi2', name: 'capi2' };
  const stir = (n: string) => admin.kind(CapiCluster).mergePatch(ref, { metadata: { labels: { n } } }, { signal });
  await stir('1');
  await until(async () => (await cluster.condition(IMPORTED))?.message.includes('programs'), {
    describe: 'it is refused',
  });
  const patch = { data: { value: Buffer.from(text).toString('base64') } };
  await admin.kind(Secret).mergePatch({ namespace: 'capi2', name: 'capi2-kubeconfig' }, patch, { signal });
  await stir('2');
  await untilSays(cluster, 'True', 'ImportSucceed');

  await using spoke = await connect(kubeconfigFile(target.adminKubeconfigPath), { userAgent: 'test', signal });
  const secret = await spoke
    .kind(Secret)
    .get({ namespace: 'open-cluster-management-agent', name: 'bootstrap-hub-kubeconfig' }, { signal });
  const { clusters, users, currentContext } = parseKubeconfig(
    Buffer.from(secret.data?.['kubeconfig'] ?? '', 'base64').toString(),
  );
  expect(currentContext).toBe('bootstrap');
  expect(clusters.get('hub')?.server).toBe('https://hub.example.com');
  expect(clusters.get('hub')?.certificateAuthorityData).toEqual(expect.any(String));
  expect(users.get('bootstrap')?.token?.split('.')).toHaveLength(3);
  expect((await spoke.kind(Klusterlet).get('klusterlet', { signal })).spec?.imagePullSpec).toBe('mine/operator:1');
});
