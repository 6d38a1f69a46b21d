import type { ManagedCluster, Node } from '@ocm/api';
import type { Clock, Informer, KubeClient } from '@ocm/kube';
import type { AgentIntervals } from '../intervals.ts';
import { sumResources } from './sum-resources.ts';
import type { StageResult, StatusStage } from './status-stage.ts';

export interface ResourcesContext {
  readonly spoke: Pick<KubeClient, 'version'>;
  readonly nodes: Pick<Informer<Node>, 'list' | 'synced'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly intervals: Pick<AgentIntervals, 'versionRefreshMs'>;
}

/** Reports the version of the API server and the resources of the nodes (registration 12.1). */
export function resourcesStage({ spoke, nodes, clock, intervals }: ResourcesContext): StatusStage {
  let known: { readonly version: string; readonly askedMs: number } | undefined;

  async function currentVersion(signal: AbortSignal): Promise<string> {
    const nowMs = clock.now().getTime();
    if (known === undefined || nowMs - known.askedMs >= intervals.versionRefreshMs) {
      known = { version: await spoke.version({ signal }), askedMs: nowMs };
    }
    return known.version;
  }

  return async (cluster: ManagedCluster, signal): Promise<StageResult> => {
    const { status = {} } = cluster;
    // The list is on its way, and its end is an event; half a list would report half a cluster.
    if (!nodes.synced) return { kind: 'stop', status };
    try {
      const version = { kubernetes: await currentVersion(signal) };
      return { kind: 'continue', status: { ...status, version, ...sumResources(nodes.list(), status.capacity) } };
    } catch (cause) {
      if (signal.aborted) throw cause;
      const problem = cause instanceof Error ? cause.message : String(cause);
      const error = new Error(`cannot tell version and resources of the cluster: ${problem}`, { cause });
      return { kind: 'stop', status, error };
    }
  };
}
