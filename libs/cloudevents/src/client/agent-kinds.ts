import {
  CertificateSigningRequest,
  Event,
  type Kind,
  type KubeObject,
  Lease,
  ManagedCluster,
  ManagedClusterAddOn,
  ManagedClusterAddOnV1alpha1,
  ManifestWork,
} from '@ocm/api';
import { workOfBundle } from '../bundle.ts';
import type { CloudEvent } from '../event.ts';
import { type DataType, dataTypes } from '../event-type.ts';
import { kubeObjectOfEvent } from '../kube-object-event.ts';
import { changeOfObject, changeOfWork, type Incoming, type StoreChange } from '../store-change.ts';
import type { Versioning } from './local-store.ts';

/** What an agent may do with a kind (cloudevents-grpc 9.7). Everything else is "method not supported". */
export type Operation =
  | 'get'
  | 'list'
  | 'create'
  /** Replaces the whole object. */
  | 'replace'
  /** Publishes a new status. */
  | 'status'
  /** Changes metadata in the local store, and nowhere else. */
  | 'local-metadata'
  /** Publishes the series of an event. */
  | 'series';

/** How an agent deals with a kind. */
export interface AgentKind {
  readonly kind: Kind;
  readonly dataType: DataType;
  readonly operations: ReadonlySet<Operation>;
  readonly versioning: Versioning;
  /** @throws EventError when the event carries no such object */
  decode(event: CloudEvent): Incoming<KubeObject>;
  change(incoming: Incoming<KubeObject>, byUid: KubeObject | undefined): StoreChange<KubeObject>;
  /** What the hub is told in a resync; `undefined` when there is nothing to tell of the object. */
  version(object: KubeObject): bigint | undefined;
}

const kubeObjects = {
  versioning: 'hub',
  decode: kubeObjectOfEvent,
  change: changeOfObject<KubeObject>,
  version: ({ metadata: { resourceVersion = '' } }: KubeObject) =>
    /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : undefined,
} as const;

const works = {
  versioning: 'local',
  decode: (event: CloudEvent) => ({ object: workOfBundle(event), isContent: true }),
  change: (incoming: Incoming<KubeObject>, byUid: KubeObject | undefined) => changeOfWork(incoming, byUid),
  version: ({ metadata: { generation = 0 } }: KubeObject) => BigInt(generation),
} as const;

const READ = ['get', 'list'] as const;

const AGENT_KINDS: readonly AgentKind[] = [
  { kind: ManifestWork, dataType: dataTypes.bundle, operations: allow(...READ, 'status', 'local-metadata'), ...works },
  {
    kind: ManagedCluster,
    dataType: dataTypes.managedCluster,
    operations: allow(...READ, 'create', 'status'),
    ...kubeObjects,
  },
  { kind: ManagedClusterAddOn, dataType: dataTypes.addOn, operations: allow(...READ, 'status'), ...kubeObjects },
  {
    kind: ManagedClusterAddOnV1alpha1,
    dataType: dataTypes.addOnV1Alpha1,
    operations: allow(...READ, 'status'),
    ...kubeObjects,
  },
  {
    kind: CertificateSigningRequest,
    dataType: dataTypes.certificateRequest,
    operations: allow(...READ, 'create'),
    ...kubeObjects,
  },
  { kind: Lease, dataType: dataTypes.lease, operations: allow('get', 'replace'), ...kubeObjects },
  { kind: Event, dataType: dataTypes.event, operations: allow('create', 'series'), ...kubeObjects },
];

function allow(...operations: readonly Operation[]): ReadonlySet<Operation> {
  return new Set(operations);
}

/** How an agent deals with the kind; `undefined` when events carry no such objects. */
export function findAgentKind({ group, version, plural }: Kind): AgentKind | undefined {
  return AGENT_KINDS.find(({ kind }) => kind.group === group && kind.version === version && kind.plural === plural);
}

/** Whether there is anything to receive and to keep. */
export function isKept({ operations }: AgentKind): boolean {
  return operations.has('get');
}
