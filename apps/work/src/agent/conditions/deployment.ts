import type { AnyObject } from '../manifest/any-object.ts';
import { conditionOf, isObserved, isTrue, mapAt, numberAt, textAt } from './object-status.ts';
import type { Judgement } from './well-known-conditions.ts';

const NEW_IS_AVAILABLE = 'NewReplicaSetAvailable';
const DEADLINE_EXCEEDED = 'ProgressDeadlineExceeded';

/** Until the Deployment says that its new Pods are available; Pods that fail later do not make it progress again. */
export function deploymentProgressing(object: AnyObject): Judgement {
  if (!isObserved(object)) return { holds: true, message: 'Deployment has not been looked at yet' };
  const { updated, available, wanted } = countsOf(object);
  const saysDone = textAt(conditionOf(object, 'Progressing'), 'reason') === NEW_IS_AVAILABLE;
  if (saysDone || isDoneByCount(object)) return { holds: false, message: 'Deployment is rolled out' };
  return { holds: true, message: `Deployment has ${updated} of ${wanted} Pods updated and ${available} available` };
}

/** When it says that it cannot go on or cannot make Pods, or when it has been rolled out and has lost its availability since. */
export function deploymentDegraded(object: AnyObject): Judgement {
  const progressing = conditionOf(object, 'Progressing');
  if (textAt(progressing, 'reason') === DEADLINE_EXCEEDED) {
    return { holds: true, message: `Deployment does not progress: ${textAt(progressing, 'message')}` };
  }
  if (isTrue(object, 'ReplicaFailure')) {
    const why = textAt(conditionOf(object, 'ReplicaFailure'), 'message');
    return { holds: true, message: `Deployment cannot make its Pods: ${why}` };
  }
  const hasLost = textAt(conditionOf(object, 'Available'), 'status') === 'False';
  if (hasLost && !deploymentProgressing(object).holds) {
    return { holds: true, message: 'Deployment has fewer Pods available than it needs' };
  }
  return { holds: false, message: 'Deployment is not degraded' };
}

function countsOf(object: AnyObject) {
  const status = mapAt(object, 'status');
  return {
    wanted: numberAt(mapAt(object, 'spec'), 'replicas', 1),
    replicas: numberAt(status, 'replicas'),
    updated: numberAt(status, 'updatedReplicas'),
    available: numberAt(status, 'availableReplicas'),
  };
}

/** A Deployment without a deadline has no condition Progressing. */
function isDoneByCount(object: AnyObject): boolean {
  const { wanted, replicas, updated, available } = countsOf(object);
  return updated >= wanted && replicas <= updated && available >= updated;
}
