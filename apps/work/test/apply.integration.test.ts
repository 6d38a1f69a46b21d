import { afterAll, beforeAll, expect } from '@jest/globals';
import { ClusterRole, ConfigMap, findCondition, type Kind, type KubeObject, RoleBinding, Secret } from '@ocm/api';
import {
  aClusterRole,
  aConfigMap,
  aCustomResourceDefinition,
  aNamespace,
  aRole,
  aRoleBinding,
  aSecret,
  until,
} from '@ocm/testing';
import { kubeOnly, test } from './driver.ts';
import { type Cluster, conditionsOf, entryOf, type Lab, startLab } from './lab.ts';

const Gadget: Kind = { group: 'example.com', version: 'v1', kind: 'Gadget', plural: 'gadgets', namespaced: true };
const Autoscaler: Kind = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  namespaced: true,
};
// In Node 22 and later, but not yet in TypeScript's library.
const exactJson = JSON as unknown as { rawJSON(text: string): unknown };

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await cluster.startAgent();
});
afterAll(() => lab.stop());

const recorded = async (work: string) =>
  (await cluster.appliedWork(work))?.status?.appliedResources?.map(({ name }) => name) ?? [];

const bindingTo = (role: string) => aRoleBinding({ name: 'nine', namespace, role: `Role/${role}` });
const secretOf = (type: string) => aSecret({ name: 'twelve', namespace, type, data: { key: 'value' } });
const autoscaler = (version: string) => ({
  apiVersion: `autoscaling/${version}`,
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'thirteen', namespace },
  spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'any' } },
});
/** Attempts to create something in a namespace that does not exist. */
const attemptsIn = (missing: string) => lab.spokeProxy.requests({ verb: 'create', namespace: missing }).length;

test('[work 1] a ConfigMap is applied by work-agent and reported as applied and available', async () => {
  await cluster.create({ name: 'one', manifests: [aConfigMap({ name: 'one', namespace })] });
  await cluster.untilCondition('one', 'Applied', 'True');
  await cluster.untilCondition('one', 'Available', 'True');
  const object = await cluster.object(ConfigMap, 'one');
  expect(object).toMatchObject({ data: { key: 'value' }, metadata: { managedFields: [{ manager: 'work-agent' }] } });
  expect(conditionsOf(entryOf(await cluster.work('one'), 0))).toEqual([
    'Applied=True',
    'Available=True',
    'StatusFeedbackSynced=True',
  ]);
});

test('[work 2] a manifest that fails does not stop the others, and makes both work conditions False', async () => {
  const manifests = [
    aConfigMap({ name: 'two-a', namespace }),
    aConfigMap({ name: 'two-b', namespace: 'missing' }),
    aConfigMap({ name: 'two-c', namespace }),
  ];
  await cluster.create({ name: 'two', manifests });
  await cluster.untilCondition('two', 'Applied', 'False');
  const { message } = await cluster.untilCondition('two', 'Available', 'False');
  expect(message).toBe('1 of 3 resources are not available');
  const work = await cluster.work('two');
  expect([0, 1, 2].map((ordinal) => conditionsOf(entryOf(work, ordinal)).slice(0, 2))).toEqual([
    ['Applied=True', 'Available=True'],
    ['Applied=False', 'Available=False'],
    ['Applied=True', 'Available=True'],
  ]);
  expect(findCondition(entryOf(work, 1)?.conditions, 'Applied')).toMatchObject({
    reason: 'AppliedManifestFailed',
    message: expect.stringContaining('namespaces "missing" not found'),
  });
  await until(async () => (await recorded('two')).join() === 'two-a,two-c', { describe: 'what is there is recorded' });
});

test('[work 3] a Namespace is applied before the ConfigMap in it', async () => {
  const manifests = [aConfigMap({ name: 'three', namespace: 'work-three' }), aNamespace({ name: 'work-three' })];
  await cluster.create({ name: 'three', manifests });
  await cluster.untilCondition('three', 'Applied', 'True');
  const attempts = lab.spokeProxy.requests({ verb: 'create', resource: 'configmaps', namespace: 'work-three' });
  expect(attempts.map(({ status }) => status)).toEqual([201]);
});

test('[work 4] a custom resource is applied together with its definition', async () => {
  const definition = aCustomResourceDefinition({ group: 'example.com', kind: 'Widget', plural: 'widgets' });
  const widget = {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'four', namespace },
    spec: { size: 1 },
  };
  await cluster.create({ name: 'four', manifests: [widget, definition] });
  await cluster.untilCondition('four', 'Applied', 'True');
  await cluster.untilCondition('four', 'Available', 'True');
  await until(async () => (await recorded('four')).length === 2, { describe: 'both are recorded' });
  expect(await recorded('four')).toEqual(['widgets.example.com', 'four']);
});

test('[work 5] a namespace in the metadata of a cluster-scoped manifest is ignored', async () => {
  const role = aClusterRole({ name: 'work-five' });
  await cluster.create({ name: 'five', manifests: [{ ...role, metadata: { ...role.metadata, namespace } }] });
  await cluster.untilCondition('five', 'Applied', 'True');
  expect(entryOf(await cluster.work('five'), 0)?.resourceMeta).toMatchObject({ namespace: '', name: 'work-five' });
  expect(await cluster.object(ClusterRole, 'work-five')).toBeDefined();
});

test('[work 6] annotations and finalizers of others stay', async () => {
  const definition = aCustomResourceDefinition({ group: 'example.com', kind: 'Gadget', plural: 'gadgets' });
  const gadget = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'six', namespace } };
  await cluster.create({ name: 'six', manifests: [definition, gadget] });
  await cluster.untilCondition('six', 'Available', 'True');
  const theirs = { annotations: { theirs: '1' }, finalizers: ['example.com/hold'] };
  await lab.admin.kind(Gadget).mergePatch({ namespace, name: 'six' }, { metadata: theirs }, lab);
  const annotated = { ...gadget, metadata: { ...gadget.metadata, annotations: { ours: '1' } } };
  await cluster.update('six', { manifests: [definition, annotated] });
  await cluster.untilCondition('six', 'Applied', 'True');
  const { metadata } = (await cluster.object(Gadget, 'six')) as KubeObject;
  expect(metadata.annotations).toEqual({ theirs: '1', ours: '1' });
  expect(metadata.finalizers).toEqual(['example.com/hold']);
  await lab.admin.kind(Gadget).mergePatch({ namespace, name: 'six' }, { metadata: { finalizers: [] } }, lab);
});

test('[work 7] a manifest that is removed takes its object along', async () => {
  const manifests = ['seven-a', 'seven-b'].map((name) => aConfigMap({ name, namespace }));
  await cluster.create({ name: 'seven', manifests });
  await cluster.untilCondition('seven', 'Applied', 'True');
  await cluster.update('seven', { manifests: manifests.slice(1) });
  await until(async () => (await cluster.object(ConfigMap, 'seven-a')) === undefined, { describe: 'seven-a is gone' });
  await until(async () => (await recorded('seven')).join() === 'seven-b', { describe: 'seven-a is forgotten' });
  expect(await cluster.object(ConfigMap, 'seven-b')).toBeDefined();
});

test('[work 8] a removed object stays recorded while a finalizer holds it', async () => {
  const held = aConfigMap({ name: 'eight-a', namespace, finalizers: ['example.com/hold'] });
  const other = aConfigMap({ name: 'eight-b', namespace });
  await cluster.create({ name: 'eight', manifests: [held, other] });
  await cluster.untilCondition('eight', 'Applied', 'True');
  await cluster.update('eight', { manifests: [other] });
  await cluster.untilCondition('eight', 'Applied', 'True');
  await until(async () => (await cluster.object(ConfigMap, 'eight-a'))?.metadata.deletionTimestamp, {
    describe: 'eight-a is terminating',
  });
  expect(await recorded('eight')).toEqual(['eight-a', 'eight-b']);
  await lab.admin.kind(ConfigMap).mergePatch({ namespace, name: 'eight-a' }, { metadata: { finalizers: [] } }, lab);
  await until(async () => (await recorded('eight')).join() === 'eight-b', { describe: 'eight-a is forgotten' });
});

test('[work 9] a roleRef that cannot change leaves the binding, and is reported for the generation', async () => {
  const roles = ['nine-a', 'nine-b'].map((name) => aRole({ name, namespace }));
  await cluster.create({ name: 'nine', manifests: [...roles, bindingTo('nine-a')] });
  await cluster.untilCondition('nine', 'Applied', 'True');
  await cluster.update('nine', { manifests: [...roles, bindingTo('nine-b')] });
  await cluster.untilCondition('nine', 'Applied', 'False');
  const available = await cluster.untilCondition('nine', 'Available', 'True');
  expect(available.observedGeneration).toBe(2);
  expect(await cluster.object(RoleBinding, 'nine')).toMatchObject({ roleRef: { name: 'nine-a' } });
  await cluster.delete('nine');
});

test('[work 10] a correction ends a long back-off at once', async () => {
  await cluster.create({ name: 'ten', manifests: [aConfigMap({ name: 'ten', namespace: 'missing-ten' })] });
  await cluster.untilCondition('ten', 'Applied', 'False');
  const tried = await until(() => attemptsIn('missing-ten') >= 12 && attemptsIn('missing-ten'), {
    describe: 'the next retry is 10 s away',
  });
  await cluster.update('ten', { manifests: [aConfigMap({ name: 'ten', namespace })] });
  await until(() => cluster.object(ConfigMap, 'ten'), { describe: 'it is applied', deadlineMs: 8000 });
  expect(attemptsIn('missing-ten')).toBe(tried);
});

test('[work 11] an unknown kind is named, and nothing of an earlier spec is removed', async () => {
  await cluster.create({ name: 'eleven', manifests: [aConfigMap({ name: 'eleven', namespace })] });
  await cluster.untilCondition('eleven', 'Applied', 'True');
  const unknown = { apiVersion: 'example.com/v1', kind: 'Unheard', metadata: { name: 'x', namespace } };
  await cluster.update('eleven', { manifests: [unknown] });
  await cluster.untilCondition('eleven', 'Applied', 'False');
  await cluster.untilCondition('eleven', 'Available', 'Unknown');
  const { conditions } = entryOf(await cluster.work('eleven'), 0) ?? {};
  expect(findCondition(conditions, 'Applied')?.message).toContain('the server doesn\'t have a resource type "Unheard"');
  expect(findCondition(conditions, 'Available')?.reason).toBe('IncompleteResourceMeta');
  expect(await cluster.object(ConfigMap, 'eleven')).toBeDefined();
  expect(await recorded('eleven')).toEqual(['eleven']);
});

test('[work 12] a Secret whose type changes is made anew, and its new UID is recorded', async () => {
  await cluster.create({ name: 'twelve', manifests: [secretOf('example.com/a')] });
  await cluster.untilCondition('twelve', 'Applied', 'True');
  const before = await cluster.object(Secret, 'twelve');
  await cluster.update('twelve', { manifests: [secretOf('example.com/b')] });
  await cluster.untilCondition('twelve', 'Applied', 'True');
  const after = await cluster.object(Secret, 'twelve');
  expect(after?.type).toBe('example.com/b');
  expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
  await until(
    async () => (await cluster.appliedWork('twelve'))?.status?.appliedResources?.[0]?.uid === after?.metadata.uid,
    { describe: 'the new UID is recorded' },
  );
});

test('[work 13] a manifest that moves to another version of its API keeps the object', async () => {
  await cluster.create({ name: 'thirteen', manifests: [autoscaler('v1')] });
  await cluster.untilCondition('thirteen', 'Applied', 'True');
  const before = await cluster.object(Autoscaler, 'thirteen');
  await cluster.update('thirteen', { manifests: [autoscaler('v2')] });
  await cluster.untilCondition('thirteen', 'Applied', 'True');
  await until(
    async () =>
      (await cluster.appliedWork('thirteen'))?.status?.appliedResources?.map(({ version }) => version).join() === 'v2',
    { describe: 'the new version is recorded' },
  );
  expect((await cluster.object(Autoscaler, 'thirteen'))?.metadata.uid).toBe(before?.metadata.uid);
});

test('[work 14] a new generation gives the manifest condition a new transition time and generation', async () => {
  await cluster.create({ name: 'fourteen', manifests: [aConfigMap({ name: 'fourteen', namespace })] });
  await cluster.untilCondition('fourteen', 'Applied', 'True');
  const applied = async () => findCondition(entryOf(await cluster.work('fourteen'), 0)?.conditions, 'Applied');
  const before = await applied();
  const later = () => Date.now() > Date.parse(before?.lastTransitionTime ?? '') + 1000;
  await until(later, { describe: 'the clock shows another second' });
  await cluster.update('fourteen', { manifests: [aConfigMap({ name: 'fourteen', namespace, data: { key: 'new' } })] });
  await cluster.untilCondition('fourteen', 'Applied', 'True');
  const after = await applied();
  expect(before?.observedGeneration).toBe(1);
  expect(after?.observedGeneration).toBe(2);
  expect(after?.lastTransitionTime).not.toBe(before?.lastTransitionTime);
});

test('[work 16] the AppliedManifestWork carries the labels of the work, also later ones', async () => {
  await cluster.create({
    name: 'sixteen',
    labels: { a: '1' },
    manifests: [aConfigMap({ name: 'sixteen', namespace })],
  });
  await cluster.untilCondition('sixteen', 'Applied', 'True');
  expect((await cluster.appliedWork('sixteen'))?.metadata.labels).toEqual({ a: '1' });
  await cluster.patch('sixteen', { metadata: { labels: { a: null, b: '2' } } });
  await until(async () => (await cluster.appliedWork('sixteen'))?.metadata.labels?.['b'] === '2', {
    describe: 'the new label is there',
  });
  expect((await cluster.appliedWork('sixteen'))?.metadata.labels).toEqual({ b: '2' });
});

test('[work 17] CreateOnly leaves the object as it is when the manifest changes', async () => {
  const resourceIdentifier = { resource: 'configmaps', namespace, name: 'seventeen' };
  const manifestConfigs = [{ resourceIdentifier, updateStrategy: { type: 'CreateOnly' } as const }];
  const manifest = (value: string) => aConfigMap({ name: 'seventeen', namespace, data: { key: value } });
  await cluster.create({ name: 'seventeen', manifests: [manifest('old')], manifestConfigs });
  await cluster.untilCondition('seventeen', 'Applied', 'True');
  await cluster.update('seventeen', { manifests: [manifest('new')], manifestConfigs });
  await cluster.untilCondition('seventeen', 'Applied', 'True');
  expect((await cluster.object(ConfigMap, 'seventeen'))?.data).toEqual({ key: 'old' });
});

test('CreateOnly takes over what was there before, and takes it along with the work', async () => {
  const name = 'taken-over';
  await lab.admin.kind(ConfigMap).create(aConfigMap({ name, namespace, data: { key: 'theirs' } }), lab);
  const resourceIdentifier = { resource: 'configmaps', namespace, name };
  const manifestConfigs = [{ resourceIdentifier, updateStrategy: { type: 'CreateOnly' } as const }];
  const manifests = [aConfigMap({ name, namespace, data: { key: 'ours' } })];
  await cluster.create({ name, manifests, manifestConfigs });
  await cluster.untilCondition(name, 'Applied', 'True');
  await until(async () => (await recorded(name)).length === 1, { describe: 'it is recorded' });
  const { data, metadata } = (await cluster.object(ConfigMap, name)) ?? {};
  expect(data).toEqual({ key: 'theirs' });
  expect(metadata?.ownerReferences?.map((owner) => owner.name)).toEqual([`${cluster.hubHash}-${name}`]);
  await cluster.delete(name);
  await cluster.untilGone(name);
  expect(await cluster.object(ConfigMap, name)).toBeUndefined();
});

test('[work 27] a wildcard gives all objects of its kind the option', async () => {
  const manifestConfigs = [
    {
      resourceIdentifier: { resource: 'configmaps', namespace: '*', name: 'wild-*' },
      updateStrategy: { type: 'CreateOnly' } as const,
    },
    {
      resourceIdentifier: { resource: 'configmaps', namespace, name: 'wild-a' },
      updateStrategy: { type: 'Update' } as const,
    },
  ];
  const manifests = (value: string) =>
    ['wild-a', 'wild-b', 'tame'].map((name) => aConfigMap({ name, namespace, data: { key: value } }));
  await cluster.create({ name: 'twenty-seven', manifests: manifests('old'), manifestConfigs });
  await cluster.untilCondition('twenty-seven', 'Applied', 'True');
  await cluster.update('twenty-seven', { manifests: manifests('new'), manifestConfigs });
  await cluster.untilCondition('twenty-seven', 'Applied', 'True');
  const values = await Promise.all(
    ['wild-a', 'wild-b', 'tame'].map(async (name) => (await cluster.object(ConfigMap, name))?.data),
  );
  expect(values).toEqual([{ key: 'old' }, { key: 'old' }, { key: 'new' }]);
});

test('integers beyond 2^53 reach the managed cluster as they are', async () => {
  const definition = aCustomResourceDefinition({ group: 'example.com', kind: 'Counter', plural: 'counters' });
  const counter = { apiVersion: 'example.com/v1', kind: 'Counter', metadata: { name: 'big', namespace } };
  const spec = { count: exactJson.rawJSON('9007199254740993') };
  await cluster.create({ name: 'big', manifests: [definition, { ...counter, spec }] });
  await cluster.untilCondition('big', 'Applied', 'True');
  const path = `/apis/example.com/v1/namespaces/${namespace}/counters/big`;
  const { body } = await lab.admin.request({ method: 'GET', path, signal: lab.signal });
  expect(body).toContain('"count":9007199254740993');
});

// Events carry no work without manifests (cloudevents-grpc 5.2).
kubeOnly('a work without manifests has a record, and nothing to say', async () => {
  await cluster.create({ name: 'empty', manifests: [] });
  await until(async () => (await cluster.appliedWork('empty')) !== undefined, { describe: 'its record exists' });
  expect((await cluster.work('empty'))?.status?.conditions).toBeUndefined();
  await cluster.delete('empty');
  await cluster.untilGone('empty');
});
