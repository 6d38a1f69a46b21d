import type { ResourceAttributes } from '@ocm/api';
import { type KubeClient, reviewAccess } from '@ocm/kube';
import { type Caller, RefusedError } from '../event-service.ts';

/**
 * Asks about a right that the type of an event says nothing of.
 *
 * @throws RefusedError when the caller does not have it
 */
export async function requireAccess(
  client: Pick<KubeClient, 'kind'>,
  { caller, resource }: { readonly caller: Caller; readonly resource: ResourceAttributes },
  signal: AbortSignal,
): Promise<void> {
  const { allowed, reason } = await reviewAccess(client, { ...caller, resource }, { signal });
  if (allowed) return;
  const { verb = '', resource: plural = '', subresource, name, namespace } = resource;
  const what = [subresource === undefined ? plural : `${plural}/${subresource}`, name, namespace];
  const place = what.filter((part) => part !== undefined && part !== '').join(' ');
  const message = `access denied: user "${caller.user}" may not ${verb} ${place}`;
  throw new RefusedError('permission-denied', reason === '' ? message : `${message}: ${reason}`);
}
