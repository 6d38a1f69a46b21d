// work 7.4: kinds that others stand on go first. Only the name of the kind counts, not its API group.
const KINDS_BY_RANK: readonly (readonly string[])[] = [
  ['PriorityClass', 'Namespace', 'CustomResourceDefinition', 'StorageClass', 'PersistentVolume', 'PodSecurityPolicy'],
  ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  ['NetworkPolicy', 'ResourceQuota', 'LimitRange', 'PodDisruptionBudget', 'ServiceAccount'],
  ['Secret', 'ConfigMap', 'PersistentVolumeClaim'],
  ['Service'],
  [
    'DaemonSet',
    'Pod',
    'ReplicationController',
    'ReplicaSet',
    'Deployment',
    'HorizontalPodAutoscaler',
    'StatefulSet',
    'Job',
    'CronJob',
  ],
  [
    'APIService',
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
  ],
];
const OTHER_KIND_RANK = 1000;
const UNPARSEABLE_RANK = 1001;

const RANKS = new Map(KINDS_BY_RANK.flatMap((kinds, rank) => kinds.map((kind) => [kind, rank] as const)));

/** When a kind is applied: lower ranks first. A manifest without a kind (`undefined`) goes last. */
export function rankOf(kind: string | undefined): number {
  if (kind === undefined) return UNPARSEABLE_RANK;
  return RANKS.get(kind) ?? OTHER_KIND_RANK;
}

interface Ranked {
  /** `undefined` when the manifest is not parseable. */
  readonly kindName: string | undefined;
}

/**
 * The order of application (work 7.4): sorted by rank, equal ranks in the order given, cut into batches that may be applied at once.
 * A batch holds neighbours of one kind, so that nobody sees two kinds of one rank in another order than listed.
 */
export function applyBatches<M extends Ranked>(manifests: readonly M[]): readonly (readonly M[])[] {
  const sorted = manifests.toSorted((a, b) => rankOf(a.kindName) - rankOf(b.kindName));
  const batches: M[][] = [];
  for (const manifest of sorted) {
    const last = batches.at(-1);
    if (last?.[0]?.kindName === manifest.kindName && last !== undefined) last.push(manifest);
    else batches.push([manifest]);
  }
  return batches;
}
