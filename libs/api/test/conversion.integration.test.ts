import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  annotations,
  apiVersionOf,
  ClusterManagementAddOn,
  ClusterManagementAddOnV1alpha1,
  type ConfigReference,
  type ConfigReferenceV1alpha1,
  crdDirectory,
  type CustomResourceDefinition,
  type Kind,
  type KubeObject,
  ManagedClusterAddOn,
  ManagedClusterAddOnV1alpha1,
  noDefaultConfigName,
  signers,
} from '@ocm/api';
import { type ControlPlane, startControlPlane } from '@ocm/testing';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { adminClient, type ApiClient } from './api-client.ts';

const CLUSTER = 'c1';
const INSTALL_NAMESPACE = annotations.addOnInstallNamespace;

let plane: ControlPlane;
let client: ApiClient;

beforeAll(async () => {
  plane = await startControlPlane();
  client = await adminClient(plane);
  await client.send('POST', '/api/v1/namespaces', { metadata: { name: CLUSTER } });
});

afterAll(() => plane.stop());

/** An object without what the API server says about itself. */
type Content<T> = Omit<T, 'apiVersion' | 'kind'>;

function pathOf({ group, version, plural, namespaced }: Kind): string {
  return `/apis/${group}/${version}${namespaced ? `/namespaces/${CLUSTER}` : ''}/${plural}`;
}

async function write<T extends KubeObject>(method: 'POST' | 'PUT', path: string, body: T): Promise<T> {
  const answer = await client.send(method, `${path}?fieldValidation=Strict`, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.body.message ?? answer.status}`);
  return answer.body as unknown as T;
}

async function create<T extends KubeObject>(kind: Kind<T>, object: Content<T>): Promise<T> {
  return write('POST', pathOf(kind), { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object } as T);
}

async function read<T extends KubeObject>(kind: Kind<T>, name: string): Promise<T> {
  const { status, body } = await client.send('GET', `${pathOf(kind)}/${name}`);
  if (status !== 200) throw new Error(`GET ${kind.kind} ${name}: ${body.message ?? status}`);
  return body as unknown as T;
}

/** Writes the status of an object as it is stored now. */
async function writeStatus<T extends KubeObject & { readonly status?: unknown }>(
  kind: Kind<T>,
  name: string,
  status: NonNullable<T['status']>,
): Promise<T> {
  return write('PUT', `${pathOf(kind)}/${name}/status`, { ...(await read(kind, name)), status });
}

function reference(name: string): ConfigReference {
  return {
    group: 'example.com',
    resource: `${name}s`,
    lastObservedGeneration: 1,
    desiredConfig: { namespace: 'configs', name, specHash: name },
  };
}

function namedReference(name: string): ConfigReferenceV1alpha1 {
  return { ...reference(name), name, namespace: 'configs' };
}

describe('ManagedClusterAddOn', () => {
  test('[addon 1] the install namespace of v1alpha1 is an annotation in v1beta1', async () => {
    await create(ManagedClusterAddOnV1alpha1, { metadata: { name: 'one' }, spec: { installNamespace: 'agents' } });
    const { metadata, spec } = await read(ManagedClusterAddOn, 'one');
    expect(metadata.annotations).toEqual({ [INSTALL_NAMESPACE]: 'agents' });
    expect(spec).toEqual({});
  });

  test('[addon 2] the annotation of v1beta1 is the install namespace in v1alpha1; annotations of the user stay', async () => {
    const metadata = { name: 'two', annotations: { [INSTALL_NAMESPACE]: 'agents', 'example.com/mine': '1' } };
    await create(ManagedClusterAddOn, { metadata, spec: {} });
    const older = await read(ManagedClusterAddOnV1alpha1, 'two');
    expect(older.spec).toEqual({ installNamespace: 'agents' });
    expect(older.metadata.annotations).toEqual({ 'example.com/mine': '1' });
    expect((await read(ManagedClusterAddOn, 'two')).metadata.annotations).toEqual(metadata.annotations);
  });

  test('without an install namespace both versions show the default', async () => {
    await create(ManagedClusterAddOn, { metadata: { name: 'default' }, spec: {} });
    const namespace = 'open-cluster-management-agent-addon';
    expect((await read(ManagedClusterAddOnV1alpha1, 'default')).spec.installNamespace).toBe(namespace);
    expect((await read(ManagedClusterAddOn, 'default')).metadata.annotations).toEqual({
      [INSTALL_NAMESPACE]: namespace,
    });
  });

  const subject = { user: 'u', groups: ['g1', 'g2'] };
  const older = {
    kubeClientDriver: 'token',
    registrations: [
      { signerName: signers.kubeClient, subject },
      { signerName: 'example.com/signer', subject: { ...subject, organizationUnit: ['o1', 'o2'] } },
    ],
  } as const;
  const newer = {
    registrations: [
      { type: 'kubeClient', kubeClient: { driver: 'token', subject } },
      {
        type: 'customSigner',
        customSigner: { signerName: 'example.com/signer', subject: { ...subject, organizationUnits: ['o1', 'o2'] } },
      },
    ],
  } as const;

  test('[addon 4] registrations of v1beta1 show signer, subject, driver and organizational units in v1alpha1', async () => {
    await create(ManagedClusterAddOn, { metadata: { name: 'four' }, spec: {} });
    await writeStatus(ManagedClusterAddOn, 'four', newer);
    expect((await read(ManagedClusterAddOnV1alpha1, 'four')).status).toEqual(older);
    expect((await read(ManagedClusterAddOn, 'four')).status).toEqual(newer);
  });

  test('[addon 4] registrations of v1alpha1 show the same in v1beta1', async () => {
    await create(ManagedClusterAddOnV1alpha1, { metadata: { name: 'four-back' }, spec: {} });
    await writeStatus(ManagedClusterAddOnV1alpha1, 'four-back', older);
    expect((await read(ManagedClusterAddOn, 'four-back')).status).toEqual(newer);
    expect((await read(ManagedClusterAddOnV1alpha1, 'four-back')).status).toEqual(older);
  });

  test('[addon 5] a config reference appended in v1beta1 has name and namespace in v1alpha1, like those before', async () => {
    await create(ManagedClusterAddOnV1alpha1, { metadata: { name: 'five' }, spec: {} });
    await writeStatus(ManagedClusterAddOnV1alpha1, 'five', {
      configReferences: [namedReference('a'), namedReference('b')],
    });

    const { configReferences = [] } = (await read(ManagedClusterAddOn, 'five')).status ?? {};
    expect(configReferences).toEqual([reference('a'), reference('b')]);
    await writeStatus(ManagedClusterAddOn, 'five', { configReferences: [...configReferences, reference('c')] });

    expect((await read(ManagedClusterAddOnV1alpha1, 'five')).status).toEqual({
      configReferences: [namedReference('a'), namedReference('b'), namedReference('c')],
    });
  });
});

describe('ClusterManagementAddOn', () => {
  test('[addon 3] a type without a default has the reserved name in v1beta1, and none again in v1alpha1', async () => {
    const supportedConfigs = [
      { group: 'example.com', resource: 'withs', defaultConfig: { name: 'x', namespace: 'configs' } },
      { group: 'example.com', resource: 'withouts' },
    ];
    await create(ClusterManagementAddOnV1alpha1, { metadata: { name: 'three' }, spec: { supportedConfigs } });
    const newer = await read(ClusterManagementAddOn, 'three');
    expect(newer.spec.defaultConfigs).toEqual([
      { group: 'example.com', resource: 'withs', name: 'x', namespace: 'configs' },
      { group: 'example.com', resource: 'withouts', name: noDefaultConfigName },
    ]);
    await write('PUT', `${pathOf(ClusterManagementAddOn)}/three`, newer);
    expect((await read(ClusterManagementAddOnV1alpha1, 'three')).spec.supportedConfigs).toEqual(supportedConfigs);
  });

  test('[addon 7] the default references of the status are equal under both names', async () => {
    const references = [
      { group: 'example.com', resource: 'xs', desiredConfig: { name: 'x', namespace: 'configs', specHash: 'h' } },
    ];
    await create(ClusterManagementAddOnV1alpha1, { metadata: { name: 'seven' }, spec: {} });
    await writeStatus(ClusterManagementAddOnV1alpha1, 'seven', { defaultconfigReferences: references });
    expect((await read(ClusterManagementAddOn, 'seven')).status).toEqual({ defaultConfigReferences: references });
    expect((await read(ClusterManagementAddOnV1alpha1, 'seven')).status).toEqual({
      defaultconfigReferences: references,
    });
  });
});

describe.each([
  { older: ManagedClusterAddOnV1alpha1, newer: ManagedClusterAddOn },
  { older: ClusterManagementAddOnV1alpha1, newer: ClusterManagementAddOn },
])('$newer.kind', ({ older, newer }: { older: Kind; newer: Kind }) => {
  test('[addon 6] is converted by a webhook', () => {
    const file = new URL(`${newer.group}_${newer.plural}.yaml`, crdDirectory());
    const { spec } = parse(readFileSync(file, 'utf8')) as CustomResourceDefinition;
    expect(spec.conversion).toMatchObject({
      strategy: 'Webhook',
      webhook: {
        conversionReviewVersions: ['v1', 'v1beta1'],
        clientConfig: { service: { path: '/convert', port: 9443 } },
      },
    });
  });

  test.each([
    { one: older, other: newer },
    { one: newer, other: older },
  ])('[addon 6] created in $one.version, works for clients of $other.version', async ({ one, other }) => {
    const name = `six-${one.version}`;
    const condition = {
      type: 'Available',
      status: 'True',
      reason: 'Fine',
      message: '',
      lastTransitionTime: '2026-03-01T08:00:00Z',
    };
    const status =
      newer.kind === 'ManagedClusterAddOn'
        ? { conditions: [condition] }
        : { installProgressions: [{ namespace: 'n', name: 'p', conditions: [condition] }] };
    await create(one, { metadata: { name }, spec: {} } as Content<KubeObject>);
    await writeStatus(other as Kind<KubeObject & { status?: object }>, name, status);
    expect(await read(one, name)).toMatchObject({ apiVersion: apiVersionOf(one), status });

    const list = await client.send('GET', pathOf(other));
    expect(list.body.items?.find(({ metadata }) => metadata.name === name)).toMatchObject({ status });

    expect((await client.send('DELETE', `${pathOf(other)}/${name}`)).status).toBe(200);
    expect((await client.send('GET', `${pathOf(one)}/${name}`)).status).toBe(404);
  });
});
