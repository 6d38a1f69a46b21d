import { isRawNumber } from '@ocm/kube';
import { isJsonObject } from '../../manifest/any-object.ts';

/** Whether a value can be made from a whole by nothing but removal: of members of maps, and of items of lists. */
export function isPartOf(part: unknown, whole: unknown): boolean {
  if (isNumber(part) || isNumber(whole)) return isNumber(part) && isNumber(whole) && numberOf(part) === numberOf(whole);
  if (Array.isArray(part)) return Array.isArray(whole) && isSubsequence(part, whole);
  if (!isJsonObject(part)) return part === whole;
  return (
    isJsonObject(whole) &&
    Object.entries(part).every(([key, member]) => Object.hasOwn(whole, key) && isPartOf(member, whole[key]))
  );
}

/** Each item is part of one of the whole, in the same order; the first that fits is taken, which is good enough. */
function isSubsequence(part: readonly unknown[], whole: readonly unknown[]): boolean {
  let at = 0;
  for (const item of part) {
    while (at < whole.length && !isPartOf(item, whole[at])) at += 1;
    if (at === whole.length) return false;
    at += 1;
  }
  return true;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || isRawNumber(value);
}

// The same number may be written in another form, such as 1E+3.
function numberOf(value: unknown): number {
  return Number(isRawNumber(value) ? value.rawJSON : value);
}
