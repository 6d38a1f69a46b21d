import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as api from '@ocm/api';
import type { Kind, KubeObject } from '@ocm/api';
import { type JsonAnswer, jsonClient } from '../src/json-request.ts';
import * as testing from '../src/index.ts';
import { type ControlPlane, startControlPlane } from '../src/index.ts';

let cp: ControlPlane;
let request: (method: string, path: string, body?: unknown) => Promise<JsonAnswer>;
beforeAll(async () => {
  cp = await startControlPlane();
  const pair = await cp.clientCertificate({ user: 'test', groups: ['system:masters'] });
  request = jsonClient(cp.url, { ca: cp.caPem, cert: pair.certificatePem, key: pair.privateKeyPem });
  await request('POST', '/api/v1/namespaces', testing.aNamespace({ name: 'cluster1' }));
});
afterAll(() => cp.stop());

const KINDS = Object.values(api).filter(
  (value): value is Kind => typeof value === 'object' && 'plural' in value && 'namespaced' in value,
);

function kindOf({ apiVersion, kind }: KubeObject): Kind {
  const found = KINDS.find((known) => known.kind === kind && api.apiVersionOf(known) === apiVersion);
  if (found === undefined) throw new Error(`no kind ${apiVersion} ${kind} in @ocm/api`);
  return found;
}

function pathOf(object: KubeObject): string {
  const { group, version, plural, namespaced } = kindOf(object);
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced ? `${root}/namespaces/${object.metadata.namespace}/${plural}` : `${root}/${plural}`;
}

const { aCluster, aClusterSet, aManifestWork, aPlacement, aSecret, aCSR, aNode, anAddOn, aRoleBinding } = testing;
const BUILT: readonly (readonly [string, KubeObject])[] = Object.entries(testing).flatMap(([name, build]) => {
  if (!/^an?[A-Z]/.test(name) || ['aCondition', 'aWorkSpec', 'aNamespace'].includes(name)) return [];
  // What every builder makes of nothing is named after the builder: versions of one kind must not meet.
  const object = (build as () => KubeObject)();
  const fixed = ['ClusterManager', 'ManagedClusterSetBinding', 'CustomResourceDefinition'].includes(object.kind ?? '');
  const renamed = { ...object, metadata: { ...object.metadata, name: name.toLowerCase() } };
  return [[name, fixed ? object : renamed] as const];
});

test.each(BUILT)('%s builds what the API server takes', async (_name, object) => {
  const created = await request('POST', `${pathOf(object)}?fieldValidation=Strict`, object);
  expect(created).toMatchObject({ status: 201, body: { metadata: { name: object.metadata.name } } });
});

test('there is a builder for every kind of the product', () => {
  const built = new Set(BUILT.map(([, object]) => `${object.apiVersion} ${object.kind}`));
  const own = KINDS.filter(({ group }) => /open-cluster-management|multicluster|about/.test(group));
  expect(own.length).toBeGreaterThanOrEqual(19);
  expect(own.map((kind) => `${api.apiVersionOf(kind)} ${kind.kind}`).filter((kind) => !built.has(kind))).toEqual([]);
});

const condition = { type: 'Progressing', status: 'True' } as const;
const MANIFEST = { resourceMeta: { ordinal: 0 }, conditions: [testing.aCondition(condition)] };

test.each<readonly [string, KubeObject, boolean]>([
  [
    'a cluster of which all is known',
    aCluster({
      name: 'full',
      joined: true,
      available: 'Unknown',
      set: 'set1',
      taints: [{ key: 'a', effect: 'NoSelect' }],
      claims: { 'id.k8s.io': 'x' },
      capacity: { cpu: '1' },
      allocatable: { cpu: '1' },
      kubernetes: 'v1.35.4',
      clientConfigs: [{ url: 'https://c1.example.com' }],
      conditions: [condition],
    }),
    true,
  ],
  ['a set with namespaces', aClusterSet({ name: 'full', managedNamespaces: ['a'], conditions: [condition] }), true],
  [
    'a work with everything',
    aManifestWork({
      name: 'full',
      executor: 'default/worker',
      deleteOption: { propagationPolicy: 'Orphan' },
      conditions: [condition],
      manifestStatuses: [MANIFEST],
    }),
    true,
  ],
  [
    'a placement that has decided',
    aPlacement({ name: 'full', numberOfSelectedClusters: 2, conditions: [condition] }),
    true,
  ],
  ['an add-on with conditions', anAddOn({ name: 'full', conditions: [condition], status: { namespace: 'x' } }), true],
  ['a node that is not ready', aNode({ name: 'full', ready: false, unschedulable: true }), true],
  ['a secret with text', aSecret({ name: 'full', data: { token: 'text' } }), false],
  ['a request of a cluster', aCSR({ name: 'full', commonName: 'u', organizations: ['a', 'b'] }), false],
  [
    'a binding',
    aRoleBinding({ name: 'full', role: 'Role/r', subjects: ['u', 'Group/g', 'ServiceAccount/n/s'] }),
    false,
  ],
])('%s is taken too', async (_name, object, hasStatus) => {
  const path = pathOf(object);
  const created = await request('POST', `${path}?fieldValidation=Strict`, object);
  expect(created.status).toBe(201);
  if (!hasStatus) return;
  const { name } = object.metadata;
  const { resourceVersion } = (created.body as KubeObject).metadata;
  const stored = { ...object, metadata: { ...object.metadata, resourceVersion } };
  const { status, body } = await request('PUT', `${path}/${name}/status?fieldValidation=Strict`, stored);
  expect({ status, body }).toMatchObject({ status: 200, body: { status: (object as { status?: object }).status } });
});

test('an add-on that is written in one version is read in the other', async () => {
  await request(
    'POST',
    pathOf(testing.anAddOnV1alpha1()),
    testing.anAddOnV1alpha1({ name: 'both', spec: { installNamespace: 'here' } }),
  );
  const { body } = await request('GET', `${pathOf(anAddOn())}/both`);
  expect(body).toMatchObject({
    apiVersion: 'addon.open-cluster-management.io/v1beta1',
    metadata: { annotations: { 'addon.open-cluster-management.io/v1alpha1-install-namespace': 'here' } },
  });
});
