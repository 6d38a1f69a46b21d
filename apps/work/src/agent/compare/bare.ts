import { semanticEqual, type ObjectMeta } from '@ocm/api';
import { createHash } from 'node:crypto';
import type { AnyObject } from '../manifest/any-object.ts';
import type { KindRules } from './comparison.ts';
import { metadataToCreate } from './merge-metadata.ts';

const MARK_LENGTH = 12;

/**
 * A mark of the metadata that a manifest asks for, when an object is what the manifest makes of nothing: no label, finalizer, default or
 * other member on it comes from elsewhere, and none escapes the rules of its kind. As long as it stays so, the next manifest with the same
 * mark is all that the object will be, and nobody has to read it before it is replaced. `undefined` when there is more to the object.
 */
export function bareMark(object: AnyObject, required: AnyObject, rules: KindRules): string | undefined {
  if (!enforcesAll(rules, required)) return undefined;
  const isBare = semanticEqual(
    ownPart(object),
    ownPart({ ...required, metadata: metadataToCreate(required.metadata) }),
  );
  return isBare ? metadataMark(required) : undefined;
}

/** See `bareMark`; of a manifest that is to be written. */
export function metadataMark({ metadata }: AnyObject): string {
  const { name: _name, namespace: _namespace, ...asked } = ownMetadata(metadata);
  return createHash('sha1').update(JSON.stringify(asked)).digest('base64url').slice(0, MARK_LENGTH);
}

/** Whether a PUT by the rules leaves no member but as the manifest has it. */
export function enforcesAll({ enforces }: KindRules, required: AnyObject): boolean {
  if (enforces === undefined || enforces === 'everything') return enforces !== undefined;
  const known = new Set(['apiVersion', 'kind', 'metadata', ...enforces]);
  return Object.keys(required).every((member) => known.has(member));
}

function ownPart({ metadata, status: _status, ...content }: AnyObject): object {
  return { ...content, metadata: ownMetadata(metadata) };
}

/** Without what only the API server sets. */
function ownMetadata(
  metadata: ObjectMeta & { readonly managedFields?: unknown; readonly selfLink?: unknown },
): ObjectMeta {
  const {
    uid: _uid,
    resourceVersion: _resourceVersion,
    generation: _generation,
    creationTimestamp: _creationTimestamp,
    managedFields: _managedFields,
    selfLink: _selfLink,
    ...own
  } = metadata;
  return own;
}
