import type { Kind } from '@ocm/api';
import type { AnyObject } from '../manifest/any-object.ts';
import type { ResourceId } from '../manifest/resource-id.ts';
import type { Observation } from './observation.ts';

/** An object as somebody saw it last. */
export interface SeenObject {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** An object as a watch has it. */
export interface WatchedObject extends SeenObject {
  /** Another one when more than the status may have changed; see `contentMark`. */
  readonly content: string;
}

/** An object as the watches have it, or that it does not exist; `undefined`: they say nothing. */
export type FindWatched = (id: ResourceId) => WatchedObject | 'absent' | undefined;

/** How the state of applied objects is learnt: by asking, or from watches. */
export interface ObjectReader {
  /** The object as a watch has it; `undefined` when no watch can tell. Never a request. */
  watched(resource: Kind, id: ResourceId): WatchedObject | undefined;
  /** As `watched`, or as an answer had it that is not older than the sync interval. Never a request. */
  recent(resource: Kind, id: ResourceId): Exclude<Observation, { readonly kind: 'unknown' }> | undefined;
  /** Whether changes of the object, or that it comes into being, will be heard of without asking. */
  follows(resource: Kind, id: ResourceId): boolean;
  /**
   * Whether the object exists: present or absent. Costs a request unless a watch or a recent answer tells.
   *
   * @throws KubeError when the API server does not say
   */
  read(resource: Kind, id: ResourceId, options: { readonly signal: AbortSignal }): Promise<Observation>;
  /**
   * All of the object; `undefined` when it does not exist. Always a request.
   *
   * @throws KubeError when the API server does not say
   */
  readObject(resource: Kind, id: ResourceId, options: { readonly signal: AbortSignal }): Promise<AnyObject | undefined>;
}
