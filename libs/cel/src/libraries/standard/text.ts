import { traversal } from '../../plan/meter.ts';
import type { Runtime } from '../../plan/runtime.ts';
import { BOOL, STRING } from '../../types/type.ts';
import { CelError, type CelResult } from '../../values/value.ts';
import { global, member } from '../define.ts';
import type { FunctionDeclaration } from '../library.ts';
import { isFound, matchCost, patternOf } from '../pattern.ts';
import { firstTraversal } from '../size.ts';

const TWO_TEXTS = { parameters: [STRING, STRING], result: BOOL };

const matching = {
  ...TWO_TEXTS,
  patternArgument: 1,
  cost: () => 0, // charged once the size of the pattern is known
  call: ([text, wanted]: readonly [string, string], runtime: Runtime): CelResult => {
    const pattern = patternOf(wanted, runtime);
    if (pattern instanceof CelError) return pattern;
    runtime.meter.charge(matchCost(text, pattern));
    return isFound(text, pattern);
  },
};

/** `contains`, `startsWith`, `endsWith` and `matches`. */
export const text: readonly FunctionDeclaration[] = [
  {
    name: 'contains',
    overloads: [
      member<[string, string]>({
        ...TWO_TEXTS,
        cost: ([text, wanted]) => traversal(text.length) * traversal(wanted.length),
        call: ([text, wanted]) => text.includes(wanted),
      }),
    ],
  },
  {
    name: 'startsWith',
    overloads: [
      member<[string, string]>({ ...TWO_TEXTS, cost: firstTraversal, call: ([text, start]) => text.startsWith(start) }),
    ],
  },
  {
    name: 'endsWith',
    overloads: [
      member<[string, string]>({ ...TWO_TEXTS, cost: firstTraversal, call: ([text, end]) => text.endsWith(end) }),
    ],
  },
  { name: 'matches', overloads: [global<[string, string]>(matching), member<[string, string]>(matching)] },
];
