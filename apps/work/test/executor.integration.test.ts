import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { ConfigMap, type DeleteOption, findCondition, type KubeObject, Role, RoleBinding, Secret } from '@ocm/api';
import { aConfigMap, aRole, aRoleBinding, aSecret, type ManifestWorkOver, until, untilAllowed } from '@ocm/testing';
import { test } from './driver.ts';
import { type Cluster, conditionsOf, entryOf, type Lab, startLab } from './lab.ts';

const VERBS = ['create', 'update', 'patch', 'get', 'delete'];
const RBAC_GROUP = 'rbac.authorization.k8s.io';

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await cluster.startAgent({ intervals: { executorRetryMs: 500, applyResyncMs: 1000 } });
});
afterAll(() => lab.stop());

interface Rule {
  readonly resources: readonly string[];
  readonly verbs?: readonly string[];
  readonly group?: string;
}

/** Gives a service account rights in the namespace of the objects, and waits until the API server knows of them. */
async function grant(account: string, { resources, verbs = VERBS, group = '' }: Rule): Promise<void> {
  const name = `${account}-${resources.join('-')}`;
  const rules = [{ apiGroups: [group], resources, verbs }];
  await lab.admin.kind(Role).create(aRole({ name, namespace, rules }), lab);
  const subjects = [{ kind: 'ServiceAccount', namespace: 'default', name: account } as const];
  const binding = { ...aRoleBinding({ name, namespace, role: `Role/${name}` }), subjects };
  await lab.admin.kind(RoleBinding).create(binding, lab);
  await untilAllowed(
    lab.admin,
    { to: { user: `system:serviceaccount:default:${account}` }, rules, namespace },
    lab.signal,
  );
}

const deliver = (name: string, manifests: readonly KubeObject[], over: ManifestWorkOver = {}) =>
  cluster.create({ name, manifests, executor: `default/${name}`, ...over });
const appliedOf = async (name: string, ordinal = 0) =>
  findCondition(entryOf(await cluster.work(name), ordinal)?.conditions, 'Applied');
const hasMap = async (name: string): Promise<boolean> => (await cluster.object(ConfigMap, name)) !== undefined;

test('[work 41] without rights nothing is applied, and the message names the rule that is missing', async () => {
  await deliver('forty-one', [aConfigMap({ name: 'forty-one', namespace })]);
  await cluster.untilCondition('forty-one', 'Applied', 'False');
  await cluster.untilCondition('forty-one', 'Available', 'False');
  const work = await cluster.work('forty-one');
  expect(conditionsOf(entryOf(work, 0)).slice(0, 2)).toEqual(['Applied=False', 'Available=False']);
  const { reason, message } = (await appliedOf('forty-one')) ?? {};
  expect(reason).toBe('AppliedManifestFailed');
  expect(message).toContain(
    `not allowed to apply the resource  configmaps, ${namespace} forty-one, will try again in 1m0s: the executor default/forty-one may not create it`,
  );
  expect(message).toContain('resources: ["configmaps"], verbs: ["create", "update", "patch", "get", "delete"]');
  expect(await hasMap('forty-one')).toBe(false);
});

test('[work 42] rights for one of two objects: exactly that one is applied', async () => {
  await grant('forty-two', { resources: ['configmaps'] });
  const manifests = [aConfigMap({ name: 'forty-two', namespace }), aSecret({ name: 'forty-two', namespace })];
  await deliver('forty-two', manifests);
  await cluster.untilCondition('forty-two', 'Applied', 'False');
  expect((await appliedOf('forty-two', 0))?.status).toBe('True');
  expect((await appliedOf('forty-two', 1))?.status).toBe('False');
  expect(await cluster.object(Secret, 'forty-two')).toBeUndefined();
});

describe('an executor that may not delete', () => {
  const rule = { propagationPolicy: 'SelectivelyOrphan' } as const;
  test.each<[string, { name: string; option: DeleteOption | undefined; applied: readonly boolean[] }]>([
    ['Foreground: nothing is applied', { name: 'foreground', option: undefined, applied: [false, false] }],
    ['Orphan: all is applied', { name: 'orphan', option: { propagationPolicy: 'Orphan' }, applied: [true, true] }],
    ['SelectivelyOrphan: only what stays is applied', { name: 'selective', option: rule, applied: [true, false] }],
  ])('[work 43] %s', async (_title, { name, option, applied }) => {
    await grant(name, { resources: ['configmaps'], verbs: VERBS.slice(0, -1) });
    const names = [`${name}-a`, `${name}-b`];
    const orphaningRules = [{ resource: 'configmaps', namespace, name: `${name}-a` }];
    const deleteOption = option === rule ? { ...rule, selectivelyOrphans: { orphaningRules } } : option;
    const manifests = names.map((each) => aConfigMap({ name: each, namespace }));
    await deliver(name, manifests, deleteOption === undefined ? {} : { deleteOption });
    await cluster.untilCondition(name, 'Applied', applied.every(Boolean) ? 'True' : 'False');
    expect(await Promise.all(names.map(hasMap))).toEqual(applied);
  });
});

const role = (name: string) =>
  aRole({ name, namespace, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] });

describe('an executor that hands out rights', () => {
  const rbac = { group: RBAC_GROUP, resources: ['roles', 'rolebindings'] };

  test('[work 44] is refused without escalate, whether the role is new or not, and may do it with it', async () => {
    const name = 'escalate';
    await grant(name, rbac);
    await deliver(name, [role('escalated')]);
    await cluster.untilCondition(name, 'Applied', 'False');
    expect((await appliedOf(name))?.message).toContain(', error: permission escalation, will try again in 1m0s');
    await lab.admin.kind(Role).create(aRole({ name: 'escalated', namespace, rules: [] }), lab);
    await cluster.patch(name, { metadata: { labels: { again: 'yes' } } });
    await cluster.untilCondition(name, 'Applied', 'False');
    expect((await cluster.object(Role, 'escalated'))?.rules ?? []).toEqual([]);
    await grant(name, { group: RBAC_GROUP, resources: ['roles'], verbs: ['escalate'] });
    await cluster.untilCondition(name, 'Applied', 'True');
    expect((await cluster.object(Role, 'escalated'))?.rules).toHaveLength(1);
  });

  test('[work 44] is refused without bind, and may do it with it', async () => {
    const name = 'bind';
    await grant(name, rbac);
    await lab.admin.kind(Role).create(role('bound'), lab);
    await deliver(name, [aRoleBinding({ name: 'bound', namespace, role: 'Role/bound' })]);
    await cluster.untilCondition(name, 'Applied', 'False');
    expect((await appliedOf(name))?.message).toContain('permission escalation');
    await grant(name, { group: RBAC_GROUP, resources: ['roles'], verbs: ['bind'] });
    await cluster.untilCondition(name, 'Applied', 'True');
  });
});

test('rights that are taken back do not keep objects from going with their work', async () => {
  await grant('revoked', { resources: ['configmaps'] });
  await deliver('revoked', [aConfigMap({ name: 'revoked', namespace })]);
  await cluster.untilCondition('revoked', 'Applied', 'True');
  await lab.admin.kind(Role).delete({ namespace, name: 'revoked-configmaps' }, lab);
  await cluster.untilCondition('revoked', 'Applied', 'False');
  expect(await hasMap('revoked')).toBe(true);
  await cluster.delete('revoked');
  await cluster.untilGone('revoked');
  expect(await hasMap('revoked')).toBe(false);
});

test('an executor of another kind is refused', async () => {
  const executor = { subject: { type: 'ServiceAccount' } } as const;
  await cluster.create({ name: 'nobody', manifests: [aConfigMap({ name: 'nobody', namespace })], executor });
  await cluster.untilCondition('nobody', 'Applied', 'False');
  expect((await appliedOf('nobody'))?.message).toContain('the executor service account is nil');
  expect(await hasMap('nobody')).toBe(false);
});

test('an executor needs its rights also for what is only read, which is recorded all the same', async () => {
  const name = 'only-read';
  await lab.admin.kind(ConfigMap).create(aConfigMap({ name, namespace }), lab);
  const resourceIdentifier = { group: '', resource: 'configmaps', namespace, name };
  const manifestConfigs = [{ resourceIdentifier, updateStrategy: { type: 'ReadOnly' as const } }];
  await deliver(name, [aConfigMap({ name, namespace })], { manifestConfigs });
  await cluster.untilCondition(name, 'Applied', 'False');
  expect((await appliedOf(name))?.message).toContain('not allowed to apply the resource  configmaps');
  await grant(name, { resources: ['configmaps'] });
  await cluster.untilCondition(name, 'Applied', 'True');
  await until(async () => (await cluster.appliedWork(name))?.status?.appliedResources?.[0]?.name === name, {
    describe: 'the object is recorded',
  });
  await cluster.delete(name);
  await cluster.untilGone(name);
  expect(await hasMap(name)).toBe(true);
});
