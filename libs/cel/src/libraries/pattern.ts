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

/** Steps of the engine, one for each instruction of the program and character of the text, in the time of one unit. */
const STEPS_PER_UNIT = 30;
/** So much is in the price that goes by lengths alone, which is that of cel-go. */
const INCLUDED_UNITS = 20;

/** What searching so many characters costs at most, once or once more. */
export function searchUnits(length: number, pattern: RE2JS): number {
  return (length * pattern.programSize()) / STEPS_PER_UNIT;
}

/** Cost of matching: a quarter of the length of the pattern times a tenth of that of the text, or more when it has counted repetitions. */
export function matchCost(text: string, pattern: RE2JS): number {
  const byLength = traversal(text.length + 1) * Math.ceil(pattern.pattern().length / 4);
  return Math.max(byLength, Math.ceil(searchUnits(text.length, pattern)) - INCLUDED_UNITS);
}

/**
 * Whether a pattern is found in a text. Not by the automaton of `test`, which is faster but may keep megabytes for each pattern, and
 * not give them back.
 */
export function isFound(text: string, pattern: RE2JS): boolean {
  return pattern.matcher(text).find();
}
