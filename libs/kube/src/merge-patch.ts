import { semanticEqual } from '@ocm/api';
import { isRawNumber } from './exact-json.ts';

/**
 * The JSON merge patch (RFC 7386) that turns `before` into `after`; `undefined` when there is nothing to change. Lists are replaced as a
 * whole unless they mean the same; a member that is gone, `undefined` or `null` in `after` is removed.
 */
export function mergePatchBetween(before: object, after: object): Readonly<Record<string, unknown>> | undefined {
  const old = before as Readonly<Record<string, unknown>>;
  const wanted = after as Readonly<Record<string, unknown>>;
  const removed = Object.keys(old).filter((key) => isPresent(old[key]) && !isPresent(wanted[key]));
  const changed = Object.entries(wanted).flatMap(([key, value]): [string, unknown][] => {
    const change = isPresent(value) ? changeOf(old[key], value) : undefined;
    return change === undefined ? [] : [[key, change]];
  });
  const patch = [...removed.map((key): [string, unknown] => [key, null]), ...changed];
  return patch.length === 0 ? undefined : Object.fromEntries(patch);
}

function changeOf(before: unknown, after: unknown): unknown {
  if (isMap(before) && isMap(after)) return mergePatchBetween(before, after);
  return semanticEqual(before, after) ? undefined : after;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
}
