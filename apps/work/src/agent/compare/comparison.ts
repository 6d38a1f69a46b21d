import type { AnyObject } from '../manifest/any-object.ts';

/** What `Update` has to do about a live object (work 8.1, 8.2). */
export type Comparison =
  | { readonly kind: 'same' }
  /** PUT this; it carries the live `resourceVersion`. */
  | { readonly kind: 'replace'; readonly object: AnyObject }
  /** Delete the live object and create it anew, because what differs cannot be changed. */
  | { readonly kind: 'recreate' };

/** How `Update` treats one kind. The manifest carries the owner reference, or its removal mark. */
export interface KindRules {
  /** Whether the content has the shape that these rules understand; other content is treated as that of any kind. */
  readonly fits: (manifest: AnyObject) => boolean;
  /** The manifest in the form that is compared and written: defaults, hashes, folded members. Throws when it contradicts itself. */
  readonly prepare?: (manifest: AnyObject) => AnyObject;
  readonly compare: (required: AnyObject, live: AnyObject) => Comparison;
  /** The members that are as the manifest has them after a PUT, beside metadata; without it objects are always read before a PUT. */
  readonly enforces?: readonly string[] | 'everything';
  /** Delete and create anew when the server refuses the PUT because a field is immutable. */
  readonly recreateWhenImmutable?: true;
  /** Version that objects are read and written in, whatever the manifest says. */
  readonly version?: string;
}

export const SAME: Comparison = { kind: 'same' };
export const RECREATE: Comparison = { kind: 'recreate' };
