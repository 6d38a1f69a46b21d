import type { AnyObject } from '../manifest/any-object.ts';

/** What somebody has seen of an object, so that nobody has to ask again. */
export type Observation =
  | {
      readonly kind: 'present';
      readonly uid: string;
      readonly resourceVersion: string;
      /** All of it, when the API server has just returned it. */
      readonly object?: AnyObject;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown' };

export const ABSENT = { kind: 'absent' } as const satisfies Observation;
export const UNKNOWN = { kind: 'unknown' } as const satisfies Observation;

/** What an object that the API server returned tells. */
export function observed(object: AnyObject): Observation {
  const { uid = '', resourceVersion = '' } = object.metadata;
  return { kind: 'present', uid, resourceVersion, object };
}
