import type { ResourceAttributes } from '@ocm/api';
import { type CloudEvent, type DataType, dataTypes, formatDataType, isSameDataType } from '@ocm/cloudevents';

/** What a caller wants to do, in the words of events. */
export interface EventAction {
  readonly dataType: DataType;
  readonly subresource: 'spec' | 'status';
  /** `watch_request` for a subscription. */
  readonly action: string;
  readonly clusterName: string;
  /** Of what is published; a TokenRequest names its service account there. */
  readonly data?: CloudEvent['data'];
}

/** What to ask the API server about it, or why it is refused without asking (cloudevents-grpc 14.2). */
export type AccessQuestion =
  | { readonly kind: 'ask'; readonly resource: ResourceAttributes }
  | { readonly kind: 'refuse'; readonly message: string };

const VERBS: Readonly<Record<string, string>> = {
  create_request: 'create',
  update_request: 'update',
  delete_request: 'delete',
  resync_request: 'list',
  watch_request: 'watch',
};

interface Reviewed {
  readonly dataType: DataType;
  readonly group: string;
  readonly resource: string;
}

/** The longest name that an object of Kubernetes can have. Answers are kept by what was asked, so that must not be of any length. */
const LONGEST_NAME = 253;

const WORKS = { group: 'work.open-cluster-management.io', resource: 'manifestworks' };
const CLUSTERS = { group: 'cluster.open-cluster-management.io', resource: 'managedclusters' };
const ADD_ONS = { group: 'addon.open-cluster-management.io', resource: 'managedclusteraddons' };

const REVIEWED: readonly Reviewed[] = [
  { dataType: dataTypes.bundle, ...WORKS },
  { dataType: dataTypes.managedCluster, ...CLUSTERS },
  { dataType: dataTypes.addOn, ...ADD_ONS },
  { dataType: dataTypes.addOnV1Alpha1, ...ADD_ONS },
  asNamed(dataTypes.certificateRequest, 'certificates.k8s.io'),
  asNamed(dataTypes.event, 'events.k8s.io'),
  asNamed(dataTypes.lease, 'coordination.k8s.io'),
];

/** The question that decides about an action on the resources of a cluster. */
export function accessQuestion(wanted: EventAction): AccessQuestion {
  const { dataType, subresource, action, clusterName } = wanted;
  if (clusterName.length > LONGEST_NAME) return refuse(`no cluster has a name of ${clusterName.length} characters`);
  if (isSameDataType(dataType, dataTypes.tokenRequest)) return tokenQuestion(wanted);
  const reviewed = REVIEWED.find((known) => isSameDataType(known.dataType, dataType));
  if (reviewed === undefined) return refuse(`unsupported event type ${formatDataType(dataType)}`);
  const verb = Object.hasOwn(VERBS, action) ? VERBS[action] : undefined;
  if (verb === undefined) return unsupportedAction(wanted);
  const { group, resource } = reviewed;
  // Rights on a ManagedCluster are given by name, with the cluster's namespace beside it.
  const named = reviewed.dataType === dataTypes.managedCluster;
  return {
    kind: 'ask',
    resource: {
      verb,
      group,
      resource,
      namespace: clusterName,
      ...(named ? { name: clusterName } : {}),
      ...(subresource === 'status' ? { subresource } : {}),
    },
  };
}

function tokenQuestion(wanted: EventAction): AccessQuestion {
  const { action, clusterName } = wanted;
  const token = { group: '', resource: 'serviceaccounts', subresource: 'token', namespace: clusterName };
  // A verb of its own (cloudevents-grpc 14.2): who may create tokens may not read those of others.
  if (action === 'watch_request') return { kind: 'ask', resource: { verb: 'subscribe', ...token } };
  if (action !== 'create_request') return unsupportedAction(wanted);
  const name = accountName(wanted.data);
  if (name === undefined) return refuse('the payload of the token request names no service account');
  return { kind: 'ask', resource: { verb: 'create', ...token, name } };
}

function accountName(data: CloudEvent['data']): string | undefined {
  let payload: { readonly metadata?: { readonly name?: unknown } | null } | null;
  try {
    payload = JSON.parse(Buffer.from(data ?? []).toString('utf8')) as typeof payload;
  } catch {
    return undefined; // refused by the caller
  }
  const name = payload?.metadata?.name;
  return typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME ? name : undefined;
}

function unsupportedAction({ dataType, subresource, action }: EventAction): AccessQuestion {
  return refuse(`unsupported action ${formatDataType(dataType)}.${subresource}.${action}`);
}

function refuse(message: string): AccessQuestion {
  return { kind: 'refuse', message };
}

function asNamed(dataType: DataType, group: string): Reviewed {
  return { dataType, group, resource: dataType.resource };
}
