import type { Kind } from '@ocm/api';
import type { ResourceId } from '../manifest/resource-id.ts';
import type { Observation } from './observation.ts';

/** An object as somebody saw it last. */
export interface SeenObject {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** How the state of applied objects is learnt: by asking, or from watches. */
export interface ObjectReader {
  /** The object as a watch has it; `undefined` when no watch can tell. Never a request. */
  watched(resource: Kind, id: ResourceId): SeenObject | undefined;
  /**
   * Whether the object exists: present or absent. Costs a request unless a watch or a recent answer tells.
   *
   * @throws KubeError when the API server does not say
   */
  read(resource: Kind, id: ResourceId, options: { readonly signal: AbortSignal }): Promise<Observation>;
}
