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
  // A list instead of a recursion: the API server takes objects of 10,000 levels, for which the stack is too small.
  const deeper: JsonObject[] = [];
  if (!sameSoFar(a, b, deeper)) return false;
  for (let right = deeper.pop(), left = deeper.pop(); left && right; right = deeper.pop(), left = deeper.pop()) {
    const isSame = isList(left) && isList(right) ? sameItems(left, right, deeper) : sameMembers(left, right, deeper);
    if (!isSame) return false;
  }
  return true;
}

/** Whether two values are the same as far as can be said without looking into them; two lists or two objects are put off. */
function sameSoFar(a: unknown, b: unknown, deeper: JsonObject[]): boolean {
  if (a === b) return true;
  if (isNothing(a)) return isNothing(b);
  if (!isObject(a) || !isObject(b) || isList(a) !== isList(b)) return false;
  deeper.push(a, b);
  return true;
}

function sameItems(a: readonly unknown[], b: readonly unknown[], deeper: JsonObject[]): boolean {
  return a.length === b.length && a.every((item, index) => sameSoFar(item, b[index], deeper));
}

function sameMembers(a: JsonObject, b: JsonObject, deeper: JsonObject[]): boolean {
  const sameMember = (key: string, left: unknown, right: unknown): boolean =>
    (MAP_FIELDS.has(key) && isEmptyMap(left) && isEmptyMap(right)) || sameSoFar(left, right, deeper);
  return (
    Object.keys(a).every((key) => sameMember(key, a[key], b[key])) &&
    Object.keys(b).every((key) => Object.hasOwn(a, key) || sameMember(key, undefined, b[key]))
  );
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
