import { createHash } from 'node:crypto';
import { annotations } from '@ocm/api';
import { type AnyObject, isJsonObject, type JsonObject } from '../manifest/any-object.ts';

/** How the Go types serialize a spec: the order of the fields (others follow, sorted), and what is written though it is absent. */
export interface FieldOrder {
  readonly fields: readonly string[];
  readonly defaults?: JsonObject;
  readonly children?: Readonly<Record<string, FieldOrder>>;
}

/**
 * The manifest with the annotation that holds the SHA-256 of its spec (work 8.1). The serialization is that of the Go types, so that an
 * object which the Go agent applied keeps its hash.
 */
export function withSpecHash(manifest: AnyObject, order: FieldOrder): AnyObject {
  const json = JSON.stringify(ordered(manifest['spec'] ?? {}, order));
  const hash = createHash('sha256').update(json).digest('hex');
  const { metadata } = manifest;
  return {
    ...manifest,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.specHash]: hash } },
  };
}

function ordered(value: unknown, order: FieldOrder | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, order));
  if (!isJsonObject(value) || 'rawJSON' in value) return value;
  const members = Object.entries({ ...order?.defaults, ...value }).filter(([, member]) => !isLeftOut(member));
  const sorted = members.toSorted(([a], [b]) => positionOf(a, order) - positionOf(b, order) || (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, member]) => [key, ordered(member, order?.children?.[key])]));
}

function isLeftOut(member: unknown): boolean {
  return member === null || member === undefined || member === '' || (Array.isArray(member) && member.length === 0);
}

function positionOf(key: string, order: FieldOrder | undefined): number {
  const index = order?.fields.indexOf(key) ?? -1;
  return index < 0 ? Number.MAX_SAFE_INTEGER : index;
}
