import type { Kind, KubeObject } from '@ocm/api';
import { clusterOf, formatDataType, kubeObjectOfEvent } from '@ocm/cloudevents';
import { type Publication, RefusedError } from '../event-service.ts';

/**
 * The object that was published, which belongs to the cluster that the sender was authorised for (cloudevents-grpc 13): the authorisation has
 * seen only the name of a cluster, what is done follows the object.
 *
 * @throws RefusedError when it belongs to another cluster, or when there is none that could belong to anybody
 */
export function publishedObject<T extends KubeObject>(kind: Kind<T>, { event, type, clusterName }: Publication): T {
  const what = `${kind.plural}.${kind.group}`;
  if (event.data === undefined || event.data.length === 0) {
    throw new RefusedError('permission-denied', `access denied: the event carries no object of ${what}`);
  }
  const { object } = refuseOnError(`failed to decode ${what}`, 'failed-precondition', () => kubeObjectOfEvent(event));
  const owner = refuseOnError('access denied', 'permission-denied', () => clusterOf(object, type.dataType));
  if (owner === clusterName) return object as T;
  const which = `${what} "${object.metadata.name}"`;
  throw new RefusedError(
    'permission-denied',
    `access denied: ${which} belongs to cluster "${owner}", the event to cluster "${clusterName}"`,
  );
}

/** The refusal of what a data type does not know (cloudevents-grpc 3.3). */
export function unsupportedAction({
  type: { dataType, subresource, action },
}: Pick<Publication, 'type'>): RefusedError {
  const what = `${subresource}.${action}`;
  return new RefusedError('failed-precondition', `unsupported action ${what} for ${formatDataType(dataType)}`);
}

/** Turns what cannot be read into a refusal that says so. */
export function refuseOnError<T>(doing: string, code: RefusedError['code'], read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const { message } = cause as Error;
    throw new RefusedError(code, `${doing}: ${message}`, { cause });
  }
}
