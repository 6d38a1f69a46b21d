import { RE2JS, RE2JSException } from 're2js';
import { traversal } from '../plan/meter.ts';
import type { Runtime } from '../plan/runtime.ts';
import { CelError } from '../values/value.ts';

/** Real patterns are shorter; a longer one is there to cost time. */
const MAX_PATTERN_LENGTH = 4096;
/** Upper bound for the length of a pattern once its counted repetitions are written out. */
const MAX_EXPANDED_LENGTH = 100_000;
const COUNTS = /\{(\d{1,9})(?:,(\d{0,9}))?\}/g;

/** Compiles an RE2 pattern, or says why it is none. */
export function compilePattern(text: string): RE2JS | CelError {
  if (text.length > MAX_PATTERN_LENGTH || expandedLength(text) > MAX_EXPANDED_LENGTH)
    return new CelError('error parsing regexp: expression too large');
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (error instanceof RE2JSException) return new CelError(error.message);
    throw error;
  }
}

/** How long a pattern is, at most, once its counted repetitions are written out. */
export function expandedLength(text: string): number {
  const counts = Array.from(text.matchAll(COUNTS), ([, least, most]) => Math.max(Number(least), Number(most || 0)));
  return text.length * counts.reduce((sum, count) => sum + count, 1);
}

/** Of reading a pattern; a class of Unicode stands for hundreds of ranges of characters. */
function readingCost(text: string): number {
  return 50 + text.length * 10 + (text.split(/\\p/i).length - 1) * 100;
}

/** The compiled pattern: the program has those that its text contains, other ones are compiled, and paid for, once in an evaluation. */
export function patternOf(text: string, { meter, constantPatterns, patterns }: Runtime): RE2JS | CelError {
  const known = constantPatterns.get(text) ?? patterns.get(text);
  if (known) return known;
  meter.charge(readingCost(text));
  const pattern = compilePattern(text);
  if (pattern instanceof CelError) return pattern;
  meter.charge(pattern.programSize() * 2);
  patterns.set(text, pattern);
  return pattern;
}

/** What the length of a text is multiplied with: the length of the pattern, with its repetitions written out. */
export function patternWeight(pattern: RE2JS): number {
  return Math.max(Math.ceil(pattern.pattern().length / 4), Math.ceil(pattern.programSize() / 8));
}

/** Cost of matching. */
export function matchCost(text: string, pattern: RE2JS): number {
  return traversal(text.length + 1) * patternWeight(pattern);
}
