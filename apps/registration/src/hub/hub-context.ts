import {
  type CertificateSigningRequest,
  type Kind,
  addOnConditions,
  ClusterRole,
  ClusterRoleBinding,
  clusterLeaseName,
  findCondition,
  isDeleting,
  type KubeObject,
  labels,
  Lease,
  ManagedCluster,
  ManagedClusterAddOn,
  ManagedClusterSet,
  ManagedClusterSetBinding,
  ManifestWork,
  Namespace,
  RoleBinding,
  semanticEqual,
} from '@ocm/api';
import {
  type AnyInformer,
  type Clock,
  eventRecorder,
  type EventRecorder,
  informer,
  type Informer,
  type InformerOptions,
  type KubeClient,
  type Logger,
  type KubeMetrics,
  type ObjectEvent,
  type Resource,
  systemClock,
} from '@ocm/kube';
import { isAboutToBeAccepted } from './connection/judge-connection.ts';
import type { ExtraLabels } from './acceptance/cluster-rbac.ts';
import type { HubDriver } from './driver/hub-driver.ts';
import { capiKeyOf } from './import/cluster-api.ts';
import { slimRbac } from './rbac/slim-rbac.ts';
import type { ImportSettings } from './import/render-values.ts';

/** A kind with its cache. Reads of the cache cost nothing and may be old; reads and writes of `live` are requests. */
export interface Watched<T extends KubeObject, Index extends string = never> {
  readonly live: Resource<T>;
  readonly cache: Informer<T, Index> & AnyInformer;
}

/** The collaborators of the hub's controllers. */
export interface HubContext {
  readonly client: KubeClient;
  /** Certificate requests, in the version that the API server has. */
  readonly csrKind: Kind<CertificateSigningRequest>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventRecorder;
  readonly settings: HubSettings;
  /** What every cache has in common. */
  readonly cacheOptions: Pick<InformerOptions<never>, 'clock' | 'log' | 'metrics' | 'silenceMs'>;
  /**
   * By the set label, by the sets that `status.managedNamespaces` mentions, with the gate ClusterImporter by Cluster API cluster, and, under the
   * empty value, those that the hub has yet to let in.
   */
  readonly clusters: Watched<ManagedCluster, 'clusterSet' | 'managedSet' | 'capiCluster' | 'undecided'>;
  readonly clusterSets: Watched<ManagedClusterSet>;
  readonly setBindings: Watched<ManagedClusterSetBinding, 'clusterSet' | 'namespace'>;
  /** By cluster. Of the status only the Available condition is kept. */
  readonly addOns: Watched<ManagedClusterAddOn, 'cluster'>;
  /** The namespaces of clusters; metadata only. */
  readonly namespaces: { readonly live: Resource<Namespace>; readonly cache: Informer<KubeObject> & AnyInformer };
  readonly leases: Watched<Lease>;
  /** Permission objects are cached slim (rbac/slim-rbac.ts). */
  readonly clusterRoles: Watched<ClusterRole>;
  readonly clusterRoleBindings: Watched<ClusterRoleBinding>;
  readonly roleBindings: Watched<RoleBinding>;
  /** Metadata only, and without a cache: works are counted when permissions are taken away, which is rare. */
  readonly works: Resource<KubeObject>;
}

export interface HubSettings {
  readonly extraLabels: ExtraLabels;
  readonly gates: HubGates;
  /** Users whose first certificate request is approved (gate ManagedClusterAutoApproval). */
  readonly autoApprovedCsrUsers: ReadonlySet<string>;
  /** Words of `--enabled-registration-drivers`; unknown ones do nothing. */
  readonly drivers: readonly string[];
  /** The driver for EKS clusters, where it is enabled; made at the start, since it needs credentials. */
  readonly awsirsa: HubDriver | undefined;
  /** The driver for clusters that register over gRPC, where it is enabled; made at the start, since it needs the CA. */
  readonly grpc: HubDriver | undefined;
  /** Words of `--gc-resource-list`: what is deleted with a cluster, in order (gate ResourceCleanup). */
  readonly cleanupTypes: readonly string[];
  /** What clusters are imported with (gate ClusterImporter). */
  readonly importing: ImportSettings;
  /** How long until a cluster whose works are still there is looked at again. */
  readonly worksRecheckMs: number;
  /** How long until a cluster that is being emptied is looked at again. */
  readonly cleanupRecheckMs: number;
  /** How long a cluster may take to join until its connection is diagnosed. */
  readonly joinPatienceMs: number;
  /** How often the sets `default` and `global` are looked for when nothing happens to them. */
  readonly builtInSetCheckMs: number;
  /** The least time between two counts of the members of a set. */
  readonly setCountIntervalMs: number;
  /** How often caches deliver all their objects again. */
  readonly resyncMs: number;
  /** How long a watch may deliver nothing until it is opened again. */
  readonly watchSilenceMs: number;
}

/** The feature gates that the controllers of this process ask for. */
export type HubGates = Readonly<
  Record<
    | 'ClusterImporter'
    | 'ClusterProfile'
    | 'DefaultClusterSet'
    | 'ManagedClusterAutoApproval'
    | 'ResourceCleanup'
    | 'V1beta1CSRAPICompatibility',
    boolean
  >
>;

export interface HubCollaborators {
  readonly client: KubeClient;
  readonly csrKind: HubContext['csrKind'];
  readonly log: Logger;
  readonly clock?: Clock | undefined;
  readonly metrics?: KubeMetrics | undefined;
  /** Names the process in events. */
  readonly instance: string;
}

/** What the hub sees of core kinds (registration 1.3): add-on objects and everything unlabelled are invisible. */
export const clusterObjectSelector = `${labels.clusterName},!${labels.addOnName}`;

export function createHubContext(collaborators: HubCollaborators, settings: HubSettings): HubContext {
  const { client, csrKind, log, clock = systemClock, metrics, instance } = collaborators;
  const cacheOptions = {
    clock,
    log,
    silenceMs: settings.watchSilenceMs,
    ...(metrics === undefined ? {} : { metrics }),
  };
  const resynced = { ...cacheOptions, resyncMs: settings.resyncMs };
  const labelled = { ...cacheOptions, labelSelector: clusterObjectSelector };
  const namespaces = client.kind(Namespace);
  return {
    client,
    csrKind,
    clock,
    log,
    settings,
    cacheOptions,
    events: eventRecorder({
      client,
      clock,
      reportingController: 'registration-controller',
      reportingInstance: instance,
      log,
    }),
    clusters: watched(client.kind(ManagedCluster), {
      ...resynced,
      transform: settings.gates.ClusterProfile ? withoutResources : withoutReports,
      indexes: {
        clusterSet: setLabelOf,
        managedSet: managedSetsOf,
        undecided: (cluster) => (isAboutToBeAccepted(cluster) && !isDeleting(cluster) ? [''] : []),
        capiCluster: (cluster) => (settings.gates.ClusterImporter ? [capiKeyOf(cluster)] : []),
      },
    }),
    clusterSets: watched(client.kind(ManagedClusterSet), resynced),
    setBindings: watched(client.kind(ManagedClusterSetBinding), {
      ...resynced,
      indexes: { clusterSet: ({ spec }) => [spec?.clusterSet ?? ''], namespace: namespaceOf },
    }),
    addOns: watched(client.kind(ManagedClusterAddOn), {
      ...resynced,
      transform: onlyAvailability,
      indexes: { cluster: namespaceOf },
    }),
    namespaces: { live: namespaces, cache: informer(namespaces.metadata(), labelled) },
    leases: watched(client.kind(Lease), { ...labelled, fieldSelector: `metadata.name=${clusterLeaseName}` }),
    clusterRoles: watched(client.kind(ClusterRole), { ...labelled, transform: (role) => slimRbac(role) }),
    clusterRoleBindings: watched(client.kind(ClusterRoleBinding), { ...labelled, transform: (one) => slimRbac(one) }),
    roleBindings: watched(client.kind(RoleBinding), { ...labelled, transform: (one) => slimRbac(one) }),
    works: client.kind(ManifestWork).metadata(),
  };
}

function watched<T extends KubeObject, Index extends string = never>(
  live: Resource<T>,
  options: InformerOptions<T, Index>,
): Watched<T, Index> {
  return { live, cache: informer<T, Index>(live, options) };
}

/** Key of a cluster-scoped object: its name. */
export function byName({ object }: ObjectEvent<KubeObject>): string {
  return object.metadata.name;
}

/**
 * As `byName`, but an update counts only when what `read` picks has changed: the controllers of one hub write to the same clusters, and
 * nobody should be woken by what he does not look at.
 */
export function byNameWhenChanged<T extends KubeObject>(
  read: (object: T) => unknown,
): (event: ObjectEvent<T>) => string | undefined {
  return (event) => {
    const isSame = event.type === 'updated' && semanticEqual(read(event.object), read(event.previous));
    return isSame ? undefined : event.object.metadata.name;
  };
}

/** As `byNameWhenChanged`, for objects in a cluster namespace: the key is the namespace. */
export function byNamespaceWhenChanged<T extends KubeObject>(
  read: (object: T) => unknown,
): (event: ObjectEvent<T>) => string | undefined {
  const byName = byNameWhenChanged(read);
  return (event) => (byName(event) === undefined ? undefined : event.object.metadata.namespace);
}

/** Key of an object that belongs to a cluster: the cluster's name, from the label. */
export function byClusterLabel({ object }: ObjectEvent<KubeObject>): string | undefined {
  return object.metadata.labels?.[labels.clusterName] || undefined;
}

function setLabelOf({ metadata }: ManagedCluster): readonly string[] {
  const set = metadata.labels?.[labels.clusterSet];
  return set === undefined ? [] : [set];
}

function managedSetsOf({ status }: ManagedCluster): readonly string[] {
  return [...new Set(status?.managedNamespaces?.map(({ clusterSet }) => clusterSet))];
}

function namespaceOf({ metadata: { namespace } }: KubeObject): readonly string[] {
  return namespace === undefined ? [] : [namespace];
}

/** Nothing here reads what agents report about resources, claims and addresses, and it is most of an object. */
function withoutReports(cluster: ManagedCluster): ManagedCluster {
  const { conditions, managedNamespaces } = cluster.status ?? {};
  const { managedClusterClientConfigs: _, ...spec } = cluster.spec ?? {};
  return {
    ...cluster,
    spec,
    status: {
      ...(conditions === undefined ? {} : { conditions }),
      ...(managedNamespaces === undefined ? {} : { managedNamespaces }),
    },
  };
}

/** As `withoutReports`, with what a ClusterProfile repeats. */
function withoutResources(cluster: ManagedCluster): ManagedCluster {
  const { capacity: _, allocatable: __, ...status } = cluster.status ?? {};
  return { ...cluster, status };
}

function onlyAvailability({ metadata, status }: ManagedClusterAddOn): ManagedClusterAddOn {
  const { name, namespace, uid, resourceVersion, deletionTimestamp } = metadata;
  const available = findCondition(status?.conditions, addOnConditions.available.type);
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    spec: {},
    status: available === undefined ? {} : { conditions: [available] },
  };
}
