import { CelError, NO_SUCH_OVERLOAD } from '../values/value.ts';
import type { Step } from './frame.ts';

/** The first term that is `decisive` decides; an error counts only when no term does. */
export function logicalStep(terms: readonly Step[], decisive: boolean): Step {
  return (frame) => {
    let result: boolean | CelError = !decisive;
    for (const term of terms) {
      const value = term(frame);
      if (value === decisive) return decisive;
      if (value !== !decisive && !(result instanceof CelError))
        result = value instanceof CelError ? value : NO_SUCH_OVERLOAD;
    }
    return result;
  };
}

/** The choice of a conditional. */
export function conditionalStep(condition: Step, whenTrue: Step, whenFalse: Step): Step {
  return (frame) => {
    const answer = condition(frame);
    if (typeof answer === 'boolean') return answer ? whenTrue(frame) : whenFalse(frame);
    return answer instanceof CelError ? answer : NO_SUCH_OVERLOAD;
  };
}
