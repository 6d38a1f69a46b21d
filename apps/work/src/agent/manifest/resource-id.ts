import type { Kind } from '@ocm/api';
import type { Ref } from '@ocm/kube';

/**
 * Which object is meant, whatever version of its API somebody uses (work 7.10). `group` is empty for the core group, `namespace` for
 * cluster scope.
 */
export interface ResourceId {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** What the API and the statuses have: empty members may be left out. */
export interface PartialResourceId {
  readonly group?: string | undefined;
  readonly resource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** A text that is equal exactly for equal ids; none of the parts can contain a slash. */
export function resourceKey({ group = '', resource = '', namespace = '', name = '' }: PartialResourceId): string {
  return `${group}/${resource}/${namespace}/${name}`;
}

export function isSameResource(a: PartialResourceId, b: PartialResourceId): boolean {
  return resourceKey(a) === resourceKey(b);
}

/** How the client is asked for the object. */
export function refOfResource({ namespace, name }: ResourceId): Ref {
  return namespace === '' ? name : { namespace, name };
}

/** For messages: `configmaps default/settings`, `deployments.apps default/web`, `namespaces hello`. */
export function describeResource({ group = '', resource = '', namespace = '', name = '' }: PartialResourceId): string {
  const type = group === '' ? resource : `${resource}.${group}`;
  return `${type} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

/** What is recorded of a resource, in a status. */
export interface RecordedResource extends PartialResourceId {
  readonly version?: string | undefined;
  readonly kind?: string | undefined;
}

export function idOf({ group = '', resource = '', namespace = '', name = '' }: PartialResourceId): ResourceId {
  return { group, resource, namespace, name };
}

/** Enough to read and delete a recorded resource, even when the name of its kind is not known. */
export function kindOf({ group = '', version = '', kind = '', resource = '', namespace = '' }: RecordedResource): Kind {
  return { group, version, kind, plural: resource, namespaced: namespace !== '' };
}
