import { afterAll, beforeAll, expect } from '@jest/globals';
import {
  ConfigMap,
  Deployment,
  findCondition,
  type IgnoreFields,
  type KubeObject,
  ManifestWork,
  type OwnerReference,
  type ServerSideApplyOptions,
} from '@ocm/api';
import { aConfigMap, aDeployment, aManifestWork, until } from '@ocm/testing';
import { test } from './driver.ts';
import { type Cluster, entryOf, type Lab, startLab } from './lab.ts';

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await cluster.startAgent({ intervals: { applyResyncMs: 500 } });
});
afterAll(() => lab.stop());

const applying = (
  type: { group: string; plural: string },
  name: string,
  serverSideApply: ServerSideApplyOptions = {},
) => [
  {
    resourceIdentifier: { group: type.group, resource: type.plural, namespace, name },
    updateStrategy: { type: 'ServerSideApply', serverSideApply } as const,
  },
];
const deployments = () => lab.admin.kind(Deployment);
/** A Deployment; without `replicas` the field is left out. */
const deployment = (name: string, replicas?: number, env?: readonly object[]): Deployment => {
  const { spec, ...rest } = aDeployment({ name, namespace });
  const { replicas: _replicas, template, ...others } = spec ?? {};
  const containers = [{ name: 'main', image: 'example.com/app:1', ...(env === undefined ? {} : { env }) }];
  return {
    ...rest,
    spec: {
      ...others,
      ...(replicas === undefined ? {} : { replicas }),
      template: { ...template, spec: { containers } },
    },
  } as Deployment;
};
const replicasOf = async (name: string) => (await cluster.object(Deployment, name))?.spec?.replicas;
const ownersOf = async (name: string): Promise<readonly OwnerReference[]> =>
  (await cluster.object(ConfigMap, name))?.metadata.ownerReferences ?? [];
const appliedOf = async (work: string) => findCondition(entryOf(await cluster.work(work), 0)?.conditions, 'Applied');
/** Does something to an object and waits until the agent has looked at it since. */
async function andLook(name: string, edit: () => Promise<unknown>): Promise<void> {
  const looks = (): number => lab.spokeProxy.requests({ verb: ['get', 'patch'], name }).length;
  const before = looks();
  await edit();
  await until(() => looks() > before, { describe: `${name} is looked at` });
}

test('[work 19] a field that another manager owns is a conflict that names the manager, until the manifest drops it', async () => {
  const name = 'nineteen';
  await deployments().create(deployment(name, 1), { ...lab, fieldManager: 'creator' });
  const theirs = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec: { replicas: 5 } };
  await deployments().apply(theirs as Deployment, { ...lab, fieldManager: 'autoscaler', force: true });
  const manifestConfigs = applying(Deployment, name);
  await cluster.create({ name, manifests: [deployment(name, 2)], manifestConfigs });
  await cluster.untilCondition(name, 'Applied', 'False');
  expect(await appliedOf(name)).toMatchObject({
    reason: 'AppliedManifestFailed',
    message: expect.stringMatching(/Apply failed with 1 conflict: conflict with "autoscaler".*\.spec\.replicas/),
  });
  expect(await replicasOf(name)).toBe(5);
  await cluster.update(name, { manifests: [deployment(name)], manifestConfigs });
  await cluster.untilCondition(name, 'Applied', 'True');
  expect(await replicasOf(name)).toBe(5);
});

test('[work 19] with force the field is taken over', async () => {
  const name = 'nineteen-force';
  await deployments().create(deployment(name, 5), { ...lab, fieldManager: 'creator' });
  const manifestConfigs = applying(Deployment, name, { force: true });
  await cluster.create({ name, manifests: [deployment(name, 2)], manifestConfigs });
  await cluster.untilCondition(name, 'Applied', 'True');
  expect(await replicasOf(name)).toBe(2);
});

test('[work 20] two works with managers of their own share an object', async () => {
  const name = 'twenty';
  const map = (data: Record<string, string>) => aConfigMap({ name, namespace, data });
  const configs = (fieldManager: string) => applying(ConfigMap, name, { fieldManager });
  await cluster.create({ name: 'twenty-a', manifests: [map({ a: '1' })], manifestConfigs: configs('work-agent') });
  await cluster.untilCondition('twenty-a', 'Applied', 'True');
  await cluster.create({ name: 'twenty-b', manifests: [map({ b: '2' })], manifestConfigs: configs('work-agent-x') });
  await cluster.untilCondition('twenty-b', 'Applied', 'True');
  await until(async () => (await ownersOf(name)).length === 2, { describe: 'both own it' });
  const note = { metadata: { annotations: { theirs: '1' } } };
  await andLook(name, () => lab.admin.kind(ConfigMap).mergePatch({ namespace, name }, note, lab));
  expect((await cluster.object(ConfigMap, name))?.data).toEqual({ a: '1', b: '2' });
  expect((await cluster.work('twenty-a'))?.status?.conditions).toMatchObject([{ status: 'True' }, { status: 'True' }]);
});

test('[work 21] Orphan takes the owner reference away, Foreground brings it back', async () => {
  const name = 'twenty-one';
  const over = { manifests: [aConfigMap({ name, namespace })], manifestConfigs: applying(ConfigMap, name) };
  await cluster.create({ name, ...over });
  await until(async () => (await ownersOf(name)).length === 1, { describe: 'it is owned' });
  await cluster.update(name, { ...over, deleteOption: { propagationPolicy: 'Orphan' } });
  await until(async () => (await ownersOf(name)).length === 0, { describe: 'it is orphaned' });
  await cluster.update(name, { ...over, deleteOption: { propagationPolicy: 'Foreground' } });
  await until(async () => (await ownersOf(name)).length === 1, { describe: 'it is owned again' });
});

test('the owner reference is not applied but written by an update, so that works that apply alike do not take it from each other', async () => {
  const name = 'owned-twice';
  const over = { manifests: [aConfigMap({ name, namespace })], manifestConfigs: applying(ConfigMap, name) };
  for (const work of ['owned-a', 'owned-b']) {
    await cluster.create({ name: work, ...over });
    await cluster.untilCondition(work, 'Applied', 'True');
  }
  await until(async () => (await ownersOf(name)).length === 2, { describe: 'both own it' });
  const { metadata } = (await cluster.object(ConfigMap, name)) as KubeObject & {
    metadata: { managedFields?: readonly { manager: string; operation: string; fieldsV1: object }[] };
  };
  const writers = metadata.managedFields?.filter(({ fieldsV1 }) =>
    JSON.stringify(fieldsV1).includes('f:ownerReferences'),
  );
  expect(writers?.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual(['work-agent Update']);
});

/** A work with a Deployment of 3 replicas whose fields are ignored in some way. */
async function deliver(name: string, ignored: IgnoreFields, env?: readonly object[]): Promise<void> {
  const manifestConfigs = applying(Deployment, name, { force: true, ignoreFields: [ignored] });
  await cluster.create({ name, manifests: [deployment(name, 3, env)], manifestConfigs });
  await cluster.untilCondition(name, 'Applied', 'True');
}
const redeliver = async (name: string, replicas: number, env?: readonly object[]): Promise<void> => {
  await cluster.patch(name, { spec: { workload: { manifests: [deployment(name, replicas, env)] } } });
  await cluster.untilCondition(name, 'Applied', 'True');
};
const scale = (name: string, replicas: number) =>
  deployments().mergePatch({ namespace, name }, { spec: { replicas } }, { ...lab, fieldManager: 'scaler' });

test('[work 22] OnSpokeChange: an edit stays until the manifest changes', async () => {
  const name = 'twenty-two';
  await deliver(name, { condition: 'OnSpokeChange', jsonPaths: ['.spec.replicas'] });
  await andLook(name, () => scale(name, 7));
  expect(await replicasOf(name)).toBe(7);
  await redeliver(name, 4);
  await until(async () => (await replicasOf(name)) === 4, { describe: 'the new manifest is applied' });
});

test.each([
  ['JSON path', 'path', { jsonPaths: ['.spec.replicas'] }],
  ['JSON pointer', 'pointer', { jsonPointers: ['/spec/replicas'] }],
  ['jq', 'jq', { jqPathExpressions: ['.spec.replicas'] }],
])('[work 23] OnSpokePresent by %s: after its creation the field is somebody else’s', async (_title, id, selector) => {
  const name = `twenty-three-${id}`;
  await deliver(name, { condition: 'OnSpokePresent', ...selector });
  expect(await replicasOf(name)).toBe(3);
  await andLook(name, () => scale(name, 7));
  expect(await replicasOf(name)).toBe(7);
  await andLook(name, () => redeliver(name, 4));
  expect(await replicasOf(name)).toBe(7);
});

const env = (a: string, b: string) => [
  { name: 'A', value: a },
  { name: 'B', value: b },
];

test('[work 24] jq: one entry of a list keeps its value, the rest follows the manifest', async () => {
  const name = 'twenty-four';
  const selected = '.spec.template.spec.containers[] | select(.name == "main").env[] | select(.name == "A")';
  await deliver(name, { condition: 'OnSpokePresent', jqPathExpressions: [selected] }, env('1', '1'));
  const live = async () => {
    const { spec } = (await cluster.object(Deployment, name)) ?? {};
    return (spec as unknown as { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } })
      .template.spec.containers[0]?.env;
  };
  const container = { name: 'main', env: [{ name: 'A', value: 'theirs' }] };
  const theirs = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { template: { spec: { containers: [container] } } },
  } as unknown as Deployment;
  await deployments().apply(theirs, { ...lab, fieldManager: 'theirs', force: true });
  await redeliver(name, 3, env('2', '2'));
  await until(async () => (await live())?.find((each) => each.name === 'B')?.value === '2', {
    describe: 'the rest follows',
  });
  expect((await live())?.toSorted((x, y) => (x.name < y.name ? -1 : 1))).toEqual(env('theirs', '2'));
});

test('[work 25] an expression that cannot be used is reported, and nothing is written', async () => {
  const name = 'twenty-five';
  const ignoreFields = [{ condition: 'OnSpokePresent', jqPathExpressions: ['.spec['] }] as const;
  const manifestConfigs = applying(Deployment, name, { ignoreFields });
  await cluster.create({ name, manifests: [deployment(name, 3)], manifestConfigs });
  await cluster.untilCondition(name, 'Applied', 'False');
  expect(await appliedOf(name)).toMatchObject({
    reason: 'AppliedManifestSSAIgnoreFieldError',
    message: expect.stringContaining("Failed to process ignoreFields: JQ expression error in '.spec[': syntax error"),
  });
  expect(await cluster.object(Deployment, name)).toBeUndefined();
});

test('[work 26] a nested ManifestWork keeps its generation', async () => {
  const name = 'twenty-six';
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace, creationTimestamp: null }, spec: {} };
  const { metadata, ...rest } = aManifestWork({ name, namespace, manifests: [pod as unknown as KubeObject] });
  const nested = { ...rest, metadata: { ...metadata, creationTimestamp: null } };
  const manifestConfigs = applying(ManifestWork, name);
  await cluster.create({ name, manifests: [nested as unknown as ManifestWork], manifestConfigs });
  await cluster.untilCondition(name, 'Applied', 'True');
  const note = { metadata: { annotations: { theirs: '1' } } };
  await andLook(name, () => lab.admin.kind(ManifestWork).mergePatch({ namespace, name }, note, lab));
  expect((await cluster.object(ManifestWork, name))?.metadata.generation).toBe(1);
});

test('the mark of an object with ignored fields is that of the manifest without them, as other agents have written it', async () => {
  const name = 'test';
  const object = aConfigMap({ name, namespace: 'default', data: { foo1: 'bar1', theirs: 'at first' } });
  const resourceIdentifier = { group: '', resource: 'configmaps', namespace: 'default', name };
  const ignoreFields: readonly IgnoreFields[] = [{ condition: 'OnSpokePresent', jsonPaths: ['.data.theirs'] }];
  const updateStrategy = { type: 'ServerSideApply' as const, serverSideApply: { ignoreFields } };
  const manifestConfigs = [{ resourceIdentifier, updateStrategy }];
  await cluster.create({ name: 'marked', manifests: [object], manifestConfigs });
  await cluster.untilCondition('marked', 'Applied', 'True');
  const live = await lab.admin.kind(ConfigMap).find({ namespace: 'default', name }, lab);
  // The vector of work 8.7: of the ConfigMap with foo1 alone, and without the mark itself.
  expect(live?.metadata.annotations).toEqual({
    'open-cluster-management.io/config-spec-hash': '4c07ba481d04e9c38e5ed3bf24139537',
  });
  expect(live?.data).toEqual({ foo1: 'bar1', theirs: 'at first' });
});
