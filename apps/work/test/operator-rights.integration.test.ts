import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClusterRole, findCondition, type Kind, type KubeObject, type PolicyRule } from '@ocm/api';
import { connect, silentLogger, systemClock } from '@ocm/kube';
import {
  aClusterRole,
  aConfigMap,
  aCustomResourceDefinition,
  aDeployment,
  aNamespace,
  aRole,
  aRoleBinding,
  aSecret,
  aService,
  aServiceAccount,
  grantRights,
  until,
  untilAllowed,
} from '@ocm/testing';
import { kubeWorkDriver } from '../src/agent/source/kube-work-driver.ts';
import { type Cluster, entryOf, type Lab, startLab } from './lab.ts';
import { AGENT_USER, grantHubRole, grantSpokeRoles } from './operator-roles.ts';

let lab: Lab;
let cluster: Cluster;
let namespace: string;

/** An agent that may do on hub and managed cluster what the operators allow, and nothing else (work 17). */
beforeAll(async () => {
  lab = await startLab({ controllerManager: true, audit: true });
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await grantSpokeRoles(lab);
  const user = `system:open-cluster-management:${cluster.name}:agent`;
  const identity = { user, groups: [await grantHubRole(lab, cluster.name)] };
  // One of the built-in role, one of the sum of the aggregated roles.
  for (const resource of ['configmaps', 'namespaces']) {
    const rules: readonly PolicyRule[] = [{ apiGroups: [''], resources: [resource], verbs: ['create'] }];
    await untilAllowed(lab.admin, { to: { user: AGENT_USER }, rules }, lab.signal);
  }
  const text = await lab.cp.kubeconfig(identity, { server: lab.hubProxy.url });
  await cluster.startAgent({
    identity: { user: AGENT_USER },
    cachesExecutors: true,
    openDriver: async () => {
      const hub = await connect(
        { kind: 'text', text, directory: lab.cp.directory },
        { userAgent: 'work-agent', signal: lab.signal },
      );
      return kubeWorkDriver({ clusterName: cluster.name, hub, log: silentLogger, clock: systemClock });
    },
  });
});
afterAll(() => lab.stop());

/** A list as a message quotes it. */
const listIn = (text: string): readonly string[] => JSON.parse(text) as readonly string[];

/** What was refused to the agent, as `verb resource`. */
async function refused(): Promise<readonly string[]> {
  const entries = (await lab.cp.readAudit()).filter(
    ({ userAgent, code }) => userAgent === 'work-agent' && code === 403,
  );
  return entries.map(({ user, verb, path }) => `${user}: ${verb} ${path}`);
}

test('a work of many kinds, for an executor, with feedback and conditions, needs no other right all its life', async () => {
  const executor = { user: 'system:serviceaccount:default:runner' };
  const everything: readonly PolicyRule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  await grantRights(lab.admin, { name: 'runner', to: executor, rules: everything }, lab.signal);
  const home = 'operator-rights';
  const manifests: readonly KubeObject[] = [
    aNamespace({ name: home }),
    aConfigMap({ name: 'settings', namespace: home }),
    aSecret({ name: 'secret', namespace: home }),
    aServiceAccount({ name: 'account', namespace: home }),
    aService({ name: 'service', namespace: home }),
    aDeployment({ name: 'web', namespace: home }),
    aRole({ name: 'role', namespace: home, rules: everything }),
    aRoleBinding({ name: 'binding', namespace: home, role: 'Role/role' }),
    aClusterRole({ name: home, rules: everything }),
    aCustomResourceDefinition({ group: 'rights.example.com', kind: 'Sprocket', plural: 'sprockets' }),
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: home }, value: 1 } as KubeObject,
  ];
  const manifestConfigs = [
    {
      resourceIdentifier: { group: 'apps', resource: 'deployments', namespace: home, name: '*' },
      feedbackRules: [{ type: 'WellKnownStatus' as const }],
      conditionRules: [{ condition: 'Made', type: 'CEL' as const, celExpressions: ['has(object.spec)'] }],
    },
    {
      resourceIdentifier: { group: '', resource: 'secrets', namespace: home, name: '*' },
      updateStrategy: { type: 'ServerSideApply' as const },
    },
  ];
  const over = { manifests, manifestConfigs, executor: 'default/runner' };
  await cluster.create({ name: 'many', ...over });
  await cluster.untilCondition('many', 'Applied', 'True');
  await cluster.untilCondition('many', 'Available', 'True');
  await cluster.untilCondition('many', 'Made', 'True');
  await cluster.update('many', { ...over, manifests: manifests.slice(0, -2) });
  await cluster.untilCondition('many', 'Applied', 'True');
  await cluster.delete('many');
  await cluster.untilGone('many');
  expect(await refused()).toEqual([]);
});

test('a kind that nobody has thought of is refused, until a work carries the role that the message asks for', async () => {
  const Cog: Kind = { group: 'rights.example.com', version: 'v1', kind: 'Cog', plural: 'cogs', namespaced: true };
  const definition = aCustomResourceDefinition({ group: Cog.group, kind: Cog.kind, plural: Cog.plural });
  const cog = { apiVersion: 'rights.example.com/v1', kind: 'Cog', metadata: { name: 'cog', namespace } };
  await cluster.create({ name: 'cogs', manifests: [definition, cog] });
  const messageOf = async (): Promise<string> =>
    findCondition(entryOf(await cluster.work('cogs'), 1)?.conditions, 'Applied')?.message ?? '';
  await until(async () => (await messageOf()).includes('the work agent may not create it'), {
    describe: 'the missing right is named',
  });
  const [, apiGroups = '', resources = '', verbs = ''] =
    /and the rule \{apiGroups: (\[.*\]), resources: (\[.*\]), verbs: (\[.*\])\} to the managed cluster$/.exec(
      await messageOf(),
    ) ?? [];
  const rules = [{ apiGroups: listIn(apiGroups), resources: listIn(resources), verbs: listIn(verbs) }];
  const labels = { 'open-cluster-management.io/aggregate-to-work': 'true' };
  await cluster.create({ name: 'cogs-role', manifests: [aClusterRole({ name: 'cogs', labels, rules })] });
  await cluster.untilCondition('cogs', 'Applied', 'True');
  await cluster.untilCondition('cogs', 'Available', 'True');
  expect(await cluster.object(Cog, 'cog')).toBeDefined();
  await cluster.delete('cogs');
  await cluster.untilGone('cogs');
  expect(await lab.admin.kind(ClusterRole).find('cogs', lab)).toBeDefined();
});
