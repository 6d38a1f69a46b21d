import type { Runtime } from '../plan/runtime.ts';
import { INT, listOf, STRING } from '../types/type.ts';
import { ValueList } from '../values/list.ts';
import { CelError, type CelResult } from '../values/value.ts';
import { member } from './define.ts';
import type { Library } from './library.ts';
import { matchCost, patternOf, searchUnits } from './pattern.ts';

/** In units. */
const MATCH_COST = 0.5;

/** Matches from left to right; an empty one directly after another does not count. */
function matches([text, wanted]: readonly [string, string], limit: number, runtime: Runtime): string[] | CelError {
  const pattern = patternOf(wanted, runtime);
  if (pattern instanceof CelError) return new CelError(`Illegal regex: ${pattern.message}`);
  const cost = matchCost(text, pattern);
  runtime.meter.charge(cost);
  // Every search may go to the end of the text, and find a match close by only then.
  const visit = runtime.meter.visitor(cost);
  const found: string[] = [];
  const matcher = pattern.matcher(text);
  let previousEnd = -1;
  while (found.length < limit && matcher.find()) {
    const end = matcher.end();
    if (end > matcher.start() || end !== previousEnd) found.push(matcher.group() ?? '');
    previousEnd = end;
    visit((MATCH_COST + searchUnits(text.length - end, pattern)) * 10);
  }
  return found;
}

function find(args: readonly [string, string], runtime: Runtime): CelResult {
  const found = matches(args, 1, runtime);
  return found instanceof CelError ? found : (found[0] ?? '');
}

function findAll([text, pattern, limit = -1n]: readonly [string, string, bigint?], runtime: Runtime): CelResult {
  const found = matches([text, pattern], limit < 0n ? Infinity : Number(limit), runtime);
  return found instanceof CelError ? found : new ValueList(found);
}

const PATTERN = { patternArgument: 1, cost: () => 0 }; // charged once the size of the pattern is known

/** Kubernetes functions `find` and `findAll`. Patterns are RE2. */
export const regexLibrary: Library = {
  functions: [
    {
      name: 'find',
      overloads: [member<[string, string]>({ parameters: [STRING, STRING], result: STRING, ...PATTERN, call: find })],
    },
    {
      name: 'findAll',
      overloads: [
        member<[string, string]>({
          parameters: [STRING, STRING],
          result: listOf(STRING),
          ...PATTERN,
          call: findAll,
        }),
        member<[string, string, bigint]>({
          parameters: [STRING, STRING, INT],
          result: listOf(STRING),
          ...PATTERN,
          call: findAll,
        }),
      ],
    },
  ],
};
