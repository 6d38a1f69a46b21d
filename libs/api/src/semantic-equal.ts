type JsonObject = Readonly<Record<string, unknown>>;

/** Fields that hold a map with free keys; everywhere else `{}` says something: an empty selector matches all, an absent one none. */
const MAP_FIELDS: ReadonlySet<string> = new Set([
  'allocatable',
  'annotations',
  'binaryData',
  'capacity',
  'clusterAnnotations',
  'clusterLabels',
  'data',
  'extra',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'requests',
  'stringData',
]);

/**
 * Whether two JSON values mean the same to the API (registration 1.4, work 5.4): absent and null are equal, and so are absent and empty
 * lists and maps. The order of keys does not matter, that of list items does.
 *
 * `{}` equals an absent value only in fields known to hold a map with free keys, such as `labels`: `labelSelector: {}` is not the
 * same as no selector.
 */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isNothing(a)) return isNothing(b);
  if (isList(a)) return isList(b) && sameItems(a, b);
  return isObject(a) && isObject(b) && !isList(b) && sameMembers(a, b);
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => semanticEqual(item, b[index]));
}

function sameMembers(a: JsonObject, b: JsonObject): boolean {
  return (
    Object.keys(a).every((key) => sameMember(key, a[key], b[key])) &&
    Object.keys(b).every((key) => Object.hasOwn(a, key) || sameMember(key, undefined, b[key]))
  );
}

function sameMember(key: string, a: unknown, b: unknown): boolean {
  return semanticEqual(a, b) || (MAP_FIELDS.has(key) && isEmptyMap(a) && isEmptyMap(b));
}

function isEmptyMap(value: unknown): boolean {
  return isNothing(value) || (isObject(value) && Object.values(value).every(isNothing));
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (isList(value) && value.length === 0);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
