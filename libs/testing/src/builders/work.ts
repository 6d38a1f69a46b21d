import { createHash } from 'node:crypto';
import {
  AppliedManifestWork,
  appliedWorkName,
  type AppliedResource,
  type DeleteOption,
  type EmbeddedObject,
  type Executor,
  hubHash,
  type KubeObject,
  type ManifestConfig,
  type ManifestStatus,
  ManifestWork,
  ManifestWorkReplicaSet,
  type ManifestWorkReplicaSetStatus,
  type ManifestWorkSpec,
  type ReplicaSetPlacement,
} from '@ocm/api';
import { aConfigMap } from './core.ts';
import { base, type ConditionLike, given, type Named, type Placed, statusOf } from './metadata.ts';

export interface WorkContentOver {
  /** Default: one ConfigMap. */
  readonly manifests?: readonly (EmbeddedObject | KubeObject)[];
  readonly manifestConfigs?: readonly ManifestConfig[];
  /** Service account that applies the manifests, as `namespace/name`, or the whole field. */
  readonly executor?: string | Executor;
  readonly deleteOption?: DeleteOption;
}

/** The spec of a ManifestWork, and of the templates that have one. */
export function aWorkSpec(over: WorkContentOver = {}): ManifestWorkSpec {
  const { manifests = [aConfigMap()], manifestConfigs, executor, deleteOption } = over;
  return {
    workload: { manifests: manifests as readonly EmbeddedObject[] },
    ...given({
      manifestConfigs,
      deleteOption,
      executor: typeof executor === 'string' ? executorOf(executor) : executor,
    }),
  };
}

export interface ManifestWorkOver extends Placed, WorkContentOver {
  readonly conditions?: readonly ConditionLike[];
  readonly manifestStatuses?: readonly ManifestStatus[];
}

/** A work that brings one ConfigMap to the cluster `cluster1`. */
export function aManifestWork(over: ManifestWorkOver = {}): ManifestWork {
  const { conditions, manifestStatuses } = over;
  const resourceStatus = manifestStatuses === undefined ? undefined : { manifests: manifestStatuses };
  return {
    ...base(ManifestWork, over, { name: 'work1', namespace: 'cluster1' }),
    spec: aWorkSpec(over),
    ...statusOf(conditions, given({ resourceStatus })),
  };
}

export interface AppliedManifestWorkOver extends Omit<Named, 'name'> {
  /** The hub's `server` as in the kubeconfig; its hash is part of the name. */
  readonly hub?: string;
  readonly work?: string;
  readonly agentID?: string;
  readonly resources?: readonly AppliedResource[];
  readonly evictionStartTime?: string;
}

/** A managed cluster's record of a work that has applied nothing yet. */
export function anAppliedManifestWork(over: AppliedManifestWorkOver = {}): AppliedManifestWork {
  const { hub = 'https://hub.example.com:6443', work = 'work1', agentID, resources, evictionStartTime } = over;
  const hash = hubHash(createHash('sha256').update(hub).digest('hex'));
  return {
    ...base(AppliedManifestWork, over, { name: appliedWorkName(hash, work) }),
    spec: { hubHash: hash, manifestWorkName: work, agentID: agentID ?? hash },
    ...statusOf(undefined, given({ appliedResources: resources, evictionStartTime })),
  };
}

export interface ManifestWorkReplicaSetOver extends Placed {
  readonly template?: WorkContentOver;
  /** Names, or names with rollout strategies. */
  readonly placements?: readonly (string | ReplicaSetPlacement)[];
  readonly cascadeDeletionPolicy?: 'Background' | 'Foreground';
  readonly conditions?: readonly ConditionLike[];
  readonly summary?: ManifestWorkReplicaSetStatus['summary'];
}

/** A replica set that brings one ConfigMap to the clusters of `placement1`, all at once. */
export function aManifestWorkReplicaSet(over: ManifestWorkReplicaSetOver = {}): ManifestWorkReplicaSet {
  const { placements = ['placement1'], cascadeDeletionPolicy = 'Background', summary } = over;
  return {
    ...base(ManifestWorkReplicaSet, over, { name: 'replicaset1', namespace: 'default' }),
    spec: {
      manifestWorkTemplate: aWorkSpec(over.template),
      placementRefs: placements.map((placement) => (typeof placement === 'string' ? allAtOnce(placement) : placement)),
      cascadeDeletionPolicy,
    },
    ...statusOf(over.conditions, given({ summary })),
  };
}

function allAtOnce(name: string): ReplicaSetPlacement {
  return { name, rolloutStrategy: { type: 'All' } };
}

function executorOf(serviceAccount: string): Executor {
  const [namespace = '', name = ''] = serviceAccount.split('/');
  return { subject: { type: 'ServiceAccount', serviceAccount: { namespace, name } } };
}
