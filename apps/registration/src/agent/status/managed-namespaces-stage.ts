import {
  type ConditionUpdate,
  type KubeObject,
  type ManagedCluster,
  managedNamespaceConditions,
  type ManagedNamespaceStatus,
  type Namespace,
  setCondition,
} from '@ocm/api';
import { asError, type Clock, type Lister, type Resource } from '@ocm/kube';
import { planNamespaces } from './plan-namespaces.ts';
import type { StageResult, StatusStage } from './status-stage.ts';

const { applied, failed } = managedNamespaceConditions.available;

export interface ManagedNamespacesContext {
  readonly namespaces: Pick<Resource<Namespace>, 'find' | 'create' | 'mergePatch'>;
  /** The namespaces that carry the label with the value `true`. */
  readonly marked: Pick<Lister<KubeObject>, 'list'> & { readonly synced: boolean };
  /** Key of the label by which this hub marks them. */
  readonly label: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Makes and marks the namespaces that the cluster sets of the hub ask for, and says how that went (registration 13). */
export function managedNamespacesStage({ namespaces, marked, label, clock }: ManagedNamespacesContext): StatusStage {
  async function apply(name: string, signal: AbortSignal): Promise<void> {
    const labels = { [label]: 'true' };
    const live = await namespaces.find(name, { signal });
    if (live === undefined) await namespaces.create({ metadata: { name, labels } }, { signal });
    else await mark(name, 'true', signal);
  }

  async function mark(name: string, value: 'true' | 'false', signal: AbortSignal): Promise<void> {
    await namespaces.mergePatch(name, { metadata: { labels: { [label]: value } } }, { signal });
  }

  return async (cluster: ManagedCluster, signal): Promise<StageResult> => {
    const { status = {} } = cluster;
    if (!marked.synced) return { kind: 'continue', status }; // what is marked is not known yet, and its end is an event
    const plan = planNamespaces(
      cluster,
      marked.list().map(({ metadata }) => metadata.name),
    );
    const failures = new Map<string, Error>();
    const attempt = (name: string, write: Promise<void>): Promise<void> =>
      write.catch((error: unknown) => void failures.set(name, asError(error)));
    await Promise.all([
      ...plan.apply.map((name) => attempt(name, apply(name, signal))),
      ...plan.release.map((name) => attempt(name, mark(name, 'false', signal))),
    ]);
    signal.throwIfAborted();
    return { kind: 'continue', status: reported(cluster, failures, clock.now()), ...errorOf(failures) };
  };
}

function reported(
  cluster: ManagedCluster,
  failures: ReadonlyMap<string, Error>,
  now: Date,
): NonNullable<ManagedCluster['status']> {
  const { status = {} } = cluster;
  const { managedNamespaces = [] } = status;
  if (cluster.metadata.deletionTimestamp !== undefined || managedNamespaces.length === 0) return status;
  const withOutcome = (entry: ManagedNamespaceStatus): ManagedNamespaceStatus => {
    const failure = failures.get(entry.name);
    const outcome: ConditionUpdate = failure === undefined ? applied : { ...failed, message: failure.message };
    return { ...entry, conditions: setCondition(entry.conditions, outcome, now) };
  };
  return { ...status, managedNamespaces: managedNamespaces.map((entry) => withOutcome(entry)) };
}

function errorOf(failures: ReadonlyMap<string, Error>): { readonly error?: Error } {
  if (failures.size === 0) return {};
  const texts = [...failures].map(([name, { message }]) => `${name}: ${message}`);
  return {
    error: new AggregateError(
      failures.values(),
      `managed namespaces are not as the hub wants them: ${texts.join('; ')}`,
    ),
  };
}
