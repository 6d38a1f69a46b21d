import { traversal } from '../plan/meter.ts';
import { CelList } from '../values/list.ts';
import { CelMap } from '../values/map.ts';
import { CelBytes, CelOpaque, CelOptional, type CelValue } from '../values/value.ts';

/** What the cost of going through a value is reckoned on: characters, bytes or elements; 1 for what has none. */
export function sizeOf(value: CelValue): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof CelList || value instanceof CelMap || value instanceof CelOpaque) return value.size;
  if (value instanceof CelBytes) return value.bytes.length;
  if (value instanceof CelOptional && value.held !== undefined) return sizeOf(value.held);
  return 1;
}

/** Cost of a call that goes through its first argument once. */
export function firstTraversal([first = null]: readonly CelValue[]): number {
  return traversal(sizeOf(first));
}

/**
 * Cost of a search for a text in another: one traversal, and more when the wanted text is so long that the product of both counts, as it
 * does in the worst case.
 */
export function searchCost(text: string, wanted: string): number {
  return Math.max(1, traversal(text.length)) * Math.max(1, traversal(wanted.length));
}

/** Cost of comparing two values: what both have in common is gone through. */
export function comparisonCost([one = null, other = null]: readonly CelValue[]): number {
  if (one instanceof CelOpaque) return 1 + Math.floor(one.size / 100);
  // To know the size of a map takes time in proportion to it.
  const isMap = one instanceof CelMap || other instanceof CelMap;
  return traversal(isMap ? Math.max(sizeOf(one), sizeOf(other)) : Math.min(sizeOf(one), sizeOf(other)));
}
