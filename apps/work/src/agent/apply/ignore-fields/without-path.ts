import { parseJsonPath } from '../../json-path/parse-json-path.ts';
import { selectByPath } from '../../json-path/select-by-path.ts';
import { isJsonObject } from '../../manifest/any-object.ts';

export type WithoutPath =
  { readonly kind: 'removed'; readonly value: unknown } | { readonly kind: 'malformed'; readonly problem: string };

/**
 * A value without what a Kubernetes JSONPath names (work 8.6): the text after the last dot is a key, which goes from every map that the rest
 * selects. Lists keep their items, and what is missing is no problem.
 */
export function withoutPath(value: unknown, text: string): WithoutPath {
  const dot = text.lastIndexOf('.');
  const key = text.slice(dot + 1);
  if (dot < 0 || key === '') return { kind: 'malformed', problem: 'it does not end with a dot and a key' };
  const rest = parseJsonPath(text.slice(0, dot));
  if (rest.kind === 'invalid') return { kind: 'malformed', problem: rest.problem };
  const selected = selectByPath(rest.path, value);
  if (selected.kind === 'failed') return { kind: 'malformed', problem: selected.problem };
  const maps = new Set(selected.values.filter((map) => isJsonObject(map) && Object.hasOwn(map, key)));
  return { kind: 'removed', value: maps.size === 0 ? value : without(value, { maps, key }) };
}

function without(value: unknown, what: { readonly maps: ReadonlySet<unknown>; readonly key: string }): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, what));
  if (!isJsonObject(value) || 'rawJSON' in value) return value;
  const members = Object.entries(value).filter(([key]) => key !== what.key || !what.maps.has(value));
  return Object.fromEntries(members.map(([key, member]) => [key, without(member, what)]));
}
