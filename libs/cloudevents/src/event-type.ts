import { EventError } from './event.ts';

/** What a resource is: `<group>.<version>.<resource>` (cloudevents-grpc 3.2). */
export interface DataType {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export type Subresource = 'spec' | 'status';

/** What is asked or told about a resource (cloudevents-grpc 3.3). An action that nobody knows is not an error of the type. */
export type Action =
  'create_request' | 'update_request' | 'delete_request' | 'resync_request' | 'resync_response' | 'watch_request';

/** The type of an event: `<data type>.<subresource>.<action>` (cloudevents-grpc 3.1). */
export interface EventType {
  readonly dataType: DataType;
  readonly subresource: Subresource;
  readonly action: string;
}

/** Data types on the wire (cloudevents-grpc 3.2). */
export const dataTypes = {
  bundle: { group: 'io.open-cluster-management.works', version: 'v1alpha1', resource: 'manifestbundles' },
  managedCluster: { group: 'cluster.open-cluster-management.io', version: 'v1', resource: 'managedclusters' },
  addOn: { group: 'addon.open-cluster-management.io', version: 'v1beta1', resource: 'managedclusteraddons' },
  addOnV1Alpha1: { group: 'addon.open-cluster-management.io', version: 'v1alpha1', resource: 'managedclusteraddons' },
  certificateRequest: { group: 'certificates.k8s.io', version: 'v1', resource: 'certificatesigningrequests' },
  lease: { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' },
  event: { group: 'events.k8s.io', version: 'v1', resource: 'events' },
  tokenRequest: { group: 'authentication.k8s.io', version: 'v1', resource: 'tokenrequests' },
} as const satisfies Readonly<Record<string, DataType>>;

/** Type of the message that keeps a stream alive (cloudevents-grpc 8). */
export const heartbeatType = 'io.open-cluster-management.cloudevents.heartbeat';

const DATA_TYPE_PARTS = 3;
const EVENT_TYPE_PARTS = 5;

/** `<group>.<version>.<resource>` */
export function formatDataType({ group, version, resource }: DataType): string {
  return `${group}.${version}.${resource}`;
}

/** `<group>.<version>.<resource>.<subresource>.<action>` */
export function formatEventType(dataType: DataType, subresource: Subresource, action: Action): string {
  return `${formatDataType(dataType)}.${subresource}.${action}`;
}

/** @throws EventError when the text has fewer than three parts */
export function parseDataType(text: string): DataType {
  const parts = text.split('.');
  const [version = '', resource = ''] = parts.slice(-2);
  const group = parts.slice(0, -2).join('.');
  if (parts.length < DATA_TYPE_PARTS || group === '' || version === '' || resource === '') {
    throw new EventError(
      `failed to parse cloud event data type "${text}": it has the form <group>.<version>.<resource>`,
    );
  }
  return { group, version, resource };
}

/** @throws EventError when the text has fewer than five parts, or another subresource than `spec` and `status` */
export function parseEventType(text: string): EventType {
  const parts = text.split('.');
  const [subresource = '', action = ''] = parts.slice(-2);
  const isSubresource = subresource === 'spec' || subresource === 'status';
  if (parts.length < EVENT_TYPE_PARTS || !isSubresource || action === '') {
    const form = '<group>.<version>.<resource>.<spec|status>.<action>';
    throw new EventError(`failed to parse cloud event type "${text}": it has the form ${form}`);
  }
  return { dataType: parseDataType(parts.slice(0, -2).join('.')), subresource, action };
}

/** Whether both name the same resource in the same version. */
export function isSameDataType(one: DataType, other: DataType): boolean {
  return one.group === other.group && one.version === other.version && one.resource === other.resource;
}
