import { type Secret, semanticEqual } from '@ocm/api';
import type { ObjectEvent } from '@ocm/kube';

/**
 * Why the agent has to register anew after an event of the bootstrap secret; `undefined` when it does not (registration 5.6): the
 * secret may come into being, and its labels and annotations may change.
 */
export function rebootstrapReason(event: ObjectEvent<Secret>): string | undefined {
  switch (event.type) {
    case 'added':
    case 'resync':
      return undefined;
    case 'deleted':
      return 'the bootstrap secret was deleted';
    case 'updated':
      return semanticEqual(event.object.data, event.previous.data)
        ? undefined
        : 'the data of the bootstrap secret changed';
  }
}
