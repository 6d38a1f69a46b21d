const ESCAPED = /[<>&\u2028\u2029]/g;

/**
 * JSON with keys in bytewise order and without spaces, in which `<`, `>`, `&` and the separators of lines are escaped: both ends get the same
 * text for the same value (cloudevents-grpc 6.1). Members that are `undefined` are left out; numbers kept as raw JSON stay as they are.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return escaped(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([key, member]) => `${escaped(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

function escaped(value: unknown): string {
  return JSON.stringify(value).replaceAll(ESCAPED, unicodeEscape);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
