import type { AnyObject } from '../manifest/any-object.ts';
import { conditionOf, isTrue, textAt } from './object-status.ts';
import type { Judgement } from './well-known-conditions.ts';

/** When the Job has ended, well or not (work 11.5). */
export function jobComplete(object: AnyObject): Judgement {
  const holds = isTrue(object, 'Complete') || isTrue(object, 'Failed');
  return { holds, message: holds ? 'Job is finished' : 'Job is not finished' };
}

/** Until the Job has succeeded. */
export function jobProgressing(object: AnyObject): Judgement {
  if (isTrue(object, 'Complete')) return { holds: false, message: 'Job has succeeded' };
  if (isTrue(object, 'Failed')) return { holds: true, message: 'Job has failed' };
  return { holds: true, message: isTrue(object, 'Suspended') ? 'Job is suspended' : 'Job is not finished' };
}

/** When the Job has failed, or is bound to. */
export function jobDegraded(object: AnyObject): Judgement {
  const failure = ['Failed', 'FailureTarget'].find((type) => isTrue(object, type));
  if (failure === undefined) return { holds: false, message: 'Job has not failed' };
  return { holds: true, message: `Job has failed: ${textAt(conditionOf(object, failure), 'message')}` };
}
