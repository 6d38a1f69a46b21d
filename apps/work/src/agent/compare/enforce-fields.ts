import { semanticEqual } from '@ocm/api';
import type { AnyObject } from '../manifest/any-object.ts';
import { type Comparison, type KindRules, SAME } from './comparison.ts';
import { type FieldShapes, hasShapes } from './field-shape.ts';
import { mergeMetadata } from './merge-metadata.ts';

/** Rules that merge metadata and enforce some top-level fields as the manifest has them; a field that it lacks is removed. */
export function enforceFields(shapes: FieldShapes): KindRules {
  const fields = Object.keys(shapes);
  return {
    fits: (manifest) => hasShapes(manifest, shapes),
    compare: (required, live) => compareFields(required, live, fields),
    enforces: fields,
  };
}

/** Whether metadata or one of the fields differs, and what to write then. */
export function compareFields(required: AnyObject, live: AnyObject, fields: readonly string[]): Comparison {
  const metadata = mergeMetadata(live.metadata, required.metadata);
  if (metadata === live.metadata && hasSameFields(required, live, fields)) return SAME;
  return { kind: 'replace', object: withFields({ ...live, metadata }, required, fields) };
}

/** Whether both mean the same in all of the fields. */
export function hasSameFields(required: AnyObject, live: AnyObject, fields: readonly string[]): boolean {
  // As members of an object, because an empty `data` or `labels` equals an absent one.
  return fields.every((field) => semanticEqual({ [field]: required[field] }, { [field]: live[field] }));
}

/** The object with some of its fields as another one has them. */
export function withFields(object: AnyObject, source: AnyObject, fields: readonly string[]): AnyObject {
  const { metadata, ...rest } = object;
  const others = Object.entries(rest).filter(([key]) => !fields.includes(key));
  const present = fields.filter((field) => source[field] !== undefined && source[field] !== null);
  return { ...Object.fromEntries([...others, ...present.map((field) => [field, source[field]])]), metadata };
}
