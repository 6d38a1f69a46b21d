import type { ManagedCluster } from '@ocm/api';
import {
  type Controller,
  defineController,
  isKubeError,
  type Logger,
  type Outcome,
  requeueAfter,
  type Resource,
  type WatchSource,
} from '@ocm/kube';
import type { AgentIntervals } from '../intervals.ts';
import { type ClusterPlan, type ClusterTemplate, planCluster } from './plan-cluster.ts';
import { bootstrapRemedy } from './refusal.ts';

export interface ClusterCreatingContext {
  readonly clusters: Pick<Resource<ManagedCluster>, 'find' | 'create' | 'replace'>;
  readonly template: ClusterTemplate;
  readonly intervals: Pick<AgentIntervals, 'clusterCreationResyncMs' | 'bootstrapRefusedMs'>;
  readonly random: () => number;
  readonly log: Logger;
}

/** Makes the ManagedCluster while the agent bootstraps; afterwards nobody re-creates it (registration 5.5). */
export function clusterCreatingController(context: ClusterCreatingContext): Controller {
  const { clusters, template, intervals, random, log } = context;
  const resyncMs = (): number => intervals.clusterCreationResyncMs * (1 + random());

  async function write(plan: ClusterPlan, signal: AbortSignal): Promise<void> {
    if (plan.kind === 'create') await clusters.create(plan.cluster, { signal });
    if (plan.kind === 'replace') await clusters.replace(plan.cluster, { signal });
    if (plan.kind !== 'keep') log.info({ cluster: template.name }, `managed cluster ${plan.kind}d`);
  }

  /** The packaged bootstrap role may not update, and another may not create: then an administrator makes the cluster. */
  function refused(error: unknown, verb: Verb): Outcome {
    if (isKubeError(error, 'exists')) return requeueAfter(0); // somebody was faster: look at what they made
    if (isKubeError(error, 'bad-request') && error.status === METHOD_NOT_ALLOWED) {
      const remedy = 'add them on the hub, in spec.managedClusterClientConfigs';
      log.warn({ cluster: template.name, remedy }, 'addresses cannot be added to a cluster over gRPC');
      return requeueAfter(resyncMs());
    }
    const remedy = bootstrapRemedy(error, `${verb} managedclusters`);
    if (remedy === undefined) throw error;
    if (verb === 'update') return requeueAfter(resyncMs());
    log.warn({ cluster: template.name, remedy }, 'the hub refuses the bootstrap credential');
    return requeueAfter(intervals.bootstrapRefusedMs);
  }

  return defineController({
    name: 'ManagedClusterCreatingController',
    watches: [atStart(template.name)],
    async reconcile(name, signal) {
      let verb: Verb = 'get';
      try {
        const plan = planCluster(await clusters.find(name, { signal }), template);
        verb = plan.kind === 'create' ? 'create' : 'update';
        await write(plan, signal);
        return requeueAfter(resyncMs());
      } catch (error) {
        return refused(error, verb);
      }
    },
  });
}

/** What clusters over gRPC say to an update (cloudevents-grpc 16.3). */
const METHOD_NOT_ALLOWED = 405;

type Verb = 'get' | 'create' | 'update';

/** Enqueues one key when the controller starts; the controller asks to be woken again itself. */
function atStart(key: string): WatchSource {
  return {
    start(enqueue) {
      enqueue(key, { lane: 'live', resetBackoff: false });
      return () => undefined;
    },
  };
}
