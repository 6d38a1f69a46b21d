import { isRawNumber } from '@ocm/kube';
import { isJsonObject } from '../manifest/any-object.ts';

/**
 * A manifest without `metadata.creationTimestamp: null` at any depth, as templates and nested manifests have it: the API server would take
 * each apply for a change (work 8.6). The same value when there is none.
 */
export function withoutNullTimestamps<T>(value: T): T {
  return stripped(value) as T;
}

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(stripped);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isJsonObject(value) || isRawNumber(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, strippedMember(key, member)] as const);
  return members.every(([key, member]) => member === value[key]) ? value : Object.fromEntries(members);
}

function strippedMember(key: string, member: unknown): unknown {
  const inner = stripped(member);
  if (key !== 'metadata' || !isJsonObject(inner) || inner['creationTimestamp'] !== null) return inner;
  const { creationTimestamp: _creationTimestamp, ...rest } = inner;
  return rest;
}
