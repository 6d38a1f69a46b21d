import { CustomResourceDefinition, type Kind, type KubeObject } from '@ocm/api';
import { isKubeError, type KubeClient } from '@ocm/kube';
import { refOfResource, type ResourceId } from '../manifest/resource-id.ts';

/**
 * The metadata of an object as it is now; `undefined` when it does not exist. A kind that has gone has no objects; but a server that has
 * just been started, or a definition that was just created, says the same of a kind that it will serve in a moment: then nobody knows.
 *
 * @throws KubeError when the API server does not say
 */
export async function findLive(
  spoke: Pick<KubeClient, 'kind'>,
  { kind, id }: { readonly kind: Kind; readonly id: ResourceId },
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  try {
    return await spoke.kind(kind).metadata().find(refOfResource(id), { signal });
  } catch (error) {
    if (!isKubeError(error, 'not-served')) throw error;
    if (await isDefined(kind, spoke, signal)) {
      throw new Error(`${kind.plural}.${kind.group} are defined, but the API server does not serve them now`, {
        cause: error,
      });
    }
    return undefined;
  }
}

/** Whether there is a definition of a custom kind; one that may not be read counts as gone with its kind. */
async function isDefined(
  { plural, group }: Kind,
  spoke: Pick<KubeClient, 'kind'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (group === '') return false;
  try {
    const name = `${plural}.${group}`;
    const definition = await spoke.kind(CustomResourceDefinition).metadata().find(name, { signal });
    return definition !== undefined && definition.metadata.deletionTimestamp === undefined;
  } catch (error) {
    if (isKubeError(error, 'forbidden')) return false;
    throw error;
  }
}
