import {
  annotations,
  clusterConditions,
  type ConditionUpdate,
  finalizers,
  findCondition,
  isConditionTrue,
  type ManagedCluster,
  setCondition,
  timestamp,
  withoutFinalizers,
} from '@ocm/api';
import { type Controller, defineController, done, isKubeError, type Outcome, requeueAfter } from '@ocm/kube';
import type { HubDriver } from '../driver/hub-driver.ts';
import { holdCluster } from '../hold/hold-cluster.ts';
import { byClusterLabel, byNameWhenChanged, type HubContext } from '../hub-context.ts';
import { type AcceptancePlan, decideAcceptance } from './decide-acceptance.ts';
import { applyNamespace, clusterRoleSteps, type GrantStep, grantSteps } from './grant-permissions.ts';
import { permissionState } from './permission-state.ts';
import { revokeEverything, revokeRoleBindings } from './revoke-permissions.ts';

type AcceptanceContext = Omit<HubContext, 'client' | 'leases' | 'events'> & { readonly drivers: readonly HubDriver[] };

/** Gives accepted clusters their namespace and permissions, and takes the permissions from denied and deleted ones. */
export function acceptanceController(context: AcceptanceContext): Controller {
  const { clusters, namespaces, clusterRoles, clusterRoleBindings, roleBindings } = context;
  return defineController({
    name: 'ManagedClusterController',
    watches: [
      clusters.cache.events(byNameWhenChanged(whatDecides)),
      // What somebody else edits or deletes is repaired.
      namespaces.cache.events(byClusterLabel),
      clusterRoles.cache.events(byClusterLabel),
      clusterRoleBindings.cache.events(byClusterLabel),
      roleBindings.cache.events(byClusterLabel),
    ],
    async reconcile(name, signal) {
      const plan = planFor(context, name, clusters.cache.get(name));
      if (plan.kind !== 'deny' && plan.kind !== 'remove') return carryOut(context, { name, plan }, signal);
      // What a cache says is not enough to take permissions away.
      const cluster = await clusters.live.find(name, { signal });
      return carryOut(context, { name, plan: planFor(context, name, cluster) }, signal);
    },
  });
}

/** What the plan for a cluster depends on. Not what its condition says: the words of a failure may differ each time, and would end the back-off. */
function whatDecides({ metadata, spec, status }: ManagedCluster): unknown {
  const { uid, deletionTimestamp, finalizers, annotations } = metadata;
  const accepted = findCondition(status?.conditions, clusterConditions.hubAccepted.type)?.status;
  return { uid, deletionTimestamp, finalizers, annotations, accepts: spec?.hubAcceptsClient, accepted };
}

function planFor(context: AcceptanceContext, name: string, cluster: ManagedCluster | undefined): AcceptancePlan {
  return decideAcceptance(cluster, {
    permissions: permissionState(context, name),
    mayAutoAccept: cluster !== undefined && mayAutoAccept(context, cluster),
  });
}

/** Registration 9: once per cluster, and only if no driver objects. */
function mayAutoAccept({ settings, drivers }: AcceptanceContext, cluster: ManagedCluster): boolean {
  if (!settings.gates.ManagedClusterAutoApproval) return false;
  if (cluster.metadata.annotations?.[annotations.automaticallyAcceptedOn] !== undefined) return false;
  return drivers.every(({ accepts }) => accepts?.(cluster) ?? true);
}

function carryOut(
  context: AcceptanceContext,
  { name, plan }: { readonly name: string; readonly plan: AcceptancePlan },
  signal: AbortSignal,
): Outcome | Promise<Outcome> {
  switch (plan.kind) {
    case 'nothing':
      return done();
    case 'auto-accept':
      return autoAccept(context, plan.cluster, signal);
    case 'accept':
      return accept(context, plan.cluster, signal);
    case 'deny':
      return deny(context, plan.cluster, signal);
    case 'remove':
      return remove(context, { name, cluster: plan.cluster }, signal);
  }
}

async function autoAccept(
  { clusters, clock, log }: AcceptanceContext,
  cluster: ManagedCluster,
  signal: AbortSignal,
): Promise<Outcome> {
  const { name, uid, resourceVersion } = cluster.metadata;
  const marks = { [annotations.automaticallyAcceptedOn]: timestamp(clock.now()) };
  const patch = { metadata: { uid, resourceVersion, annotations: marks }, spec: { hubAcceptsClient: true } };
  await clusters.live.mergePatch(name, patch, { signal });
  log.info({ cluster: name }, 'cluster accepted automatically');
  return done();
}

async function accept(context: AcceptanceContext, cluster: ManagedCluster, signal: AbortSignal): Promise<Outcome> {
  const { drivers, log } = context;
  const { hubAccepted } = clusterConditions;
  const { name } = cluster.metadata;
  const failures = await attempt([(signal) => applyNamespace(context, name, signal)], signal);
  // Nothing is granted that the finalizer would not make us take back.
  const held = await holdCluster(context, cluster, signal);
  const driverSteps = drivers.map(
    ({ grant }): GrantStep =>
      async (signal) =>
        grant?.(held, { signal }),
  );
  failures.push(...(await attempt([...grantSteps(context, name), ...driverSteps], signal)));
  if (failures.length > 0) return failAcceptance(context, held, { failures, signal });
  await writeCondition(context, held, { condition: hubAccepted.accepted, signal });
  if (!isConditionTrue(cluster.status?.conditions, hubAccepted.type)) log.info({ cluster: name }, 'cluster accepted');
  return done();
}

/** Says in the condition what is missing, and fails, so that it is tried again. */
async function failAcceptance(
  context: AcceptanceContext,
  cluster: ManagedCluster,
  { failures, signal }: { readonly failures: readonly unknown[]; readonly signal: AbortSignal },
): Promise<never> {
  // A conflict only means that the cache was old.
  if (!failures.some((failure) => isKubeError(failure, 'conflict'))) {
    const condition = { ...clusterConditions.hubAccepted.failed, message: messageOf(failures) };
    await writeCondition(context, cluster, { condition, signal });
  }
  throw new AggregateError(failures, `permissions of cluster ${cluster.metadata.name} are incomplete`);
}

async function deny(context: AcceptanceContext, cluster: ManagedCluster, signal: AbortSignal): Promise<Outcome> {
  const { drivers, log, settings } = context;
  const { name } = cluster.metadata;
  for (const step of clusterRoleSteps(context, name, 'denied')) await step(signal);
  const { kind } = await revokeRoleBindings(context, name, signal);
  if (kind === 'waits-for-works') return requeueAfter(settings.worksRecheckMs);
  const failures = await revokeFromDrivers(drivers, cluster, signal);
  if (failures.length > 0) throw new AggregateError(failures, `cluster ${name} keeps what its drivers gave it`);
  await writeCondition(context, cluster, { condition: clusterConditions.hubAccepted.denied, signal });
  log.info({ cluster: name }, 'cluster denied');
  return done();
}

async function remove(
  context: AcceptanceContext,
  { name, cluster }: { readonly name: string; readonly cluster: ManagedCluster | undefined },
  signal: AbortSignal,
): Promise<Outcome> {
  const { clusters, drivers, log, settings } = context;
  // Of a cluster that is gone nothing is known that a driver could take back.
  const failures = cluster === undefined ? [] : await revokeFromDrivers(drivers, cluster, signal);
  const { kind } = await revokeEverything(context, name, signal);
  if (failures.length > 0) throw new AggregateError(failures, `cluster ${name} keeps what its drivers gave it`);
  if (kind === 'waits-for-works') return requeueAfter(settings.worksRecheckMs);
  if (cluster === undefined) return done();
  const rest = withoutFinalizers(cluster.metadata.finalizers, finalizers.cluster);
  await clusters.live.patchMetadata(cluster, { finalizers: rest }, { signal });
  log.info({ cluster: name }, 'cluster removed');
  return done();
}

function revokeFromDrivers(
  drivers: readonly HubDriver[],
  cluster: ManagedCluster,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const steps = drivers.map(
    ({ revoke }): GrantStep =>
      async (signal) =>
        revoke?.(cluster, { signal }),
  );
  return attempt(steps, signal);
}

/** Runs the steps in order, each of them even when others fail, and returns what went wrong. */
async function attempt(steps: readonly GrantStep[], signal: AbortSignal): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const step of steps) {
    signal.throwIfAborted();
    await step(signal).catch((error: unknown) => failures.push(error));
  }
  return failures;
}

async function writeCondition(
  { clusters, clock }: AcceptanceContext,
  cluster: ManagedCluster,
  { condition, signal }: { readonly condition: ConditionUpdate; readonly signal: AbortSignal },
): Promise<void> {
  const conditions = setCondition(cluster.status?.conditions, condition, clock.now());
  // What is granted comes back as events before this does; whoever looks then must not find it missing.
  clusters.cache.learn(await clusters.live.patchStatus(cluster, { ...cluster.status, conditions }, { signal }));
}

/** Longest message that the API takes, with room to spare. */
const MAX_MESSAGE_LENGTH = 30_000;

function messageOf(failures: readonly unknown[]): string {
  const lines = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  return lines.join('\n').slice(0, MAX_MESSAGE_LENGTH);
}
