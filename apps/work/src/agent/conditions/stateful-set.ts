import type { AnyObject } from '../manifest/any-object.ts';
import { isObserved, mapAt, numberAt, podsOf, textAt } from './object-status.ts';
import type { Judgement } from './well-known-conditions.ts';

/** Until all Pods that the partition lets through are of the new revision, and all Pods are available. */
export function statefulSetProgressing(object: AnyObject): Judgement {
  if (!isObserved(object)) return { holds: true, message: 'StatefulSet has not been looked at yet' };
  const { wanted, toUpdate, updated, available } = countsOf(object);
  if (updated >= toUpdate && available >= wanted) return { holds: false, message: 'StatefulSet is rolled out' };
  return { holds: true, message: `StatefulSet has ${updated} of ${toUpdate} Pods updated and ${available} available` };
}

/** When an update leaves more Pods unready than it takes down by itself. Nothing in the object tells a failing start from a slow one. */
export function statefulSetDegraded(object: AnyObject): Judgement {
  const { wanted, replicas, ready, mayBeDown } = countsOf(object);
  const status = mapAt(object, 'status');
  const isUpdating = textAt(status, 'currentRevision') !== textAt(status, 'updateRevision');
  const down = wanted - ready;
  if (isObserved(object) && isUpdating && replicas >= wanted && down > mayBeDown) {
    return {
      holds: true,
      message: `StatefulSet has ${down} Pods that are not ready during its update, ${mayBeDown} may be`,
    };
  }
  return { holds: false, message: 'StatefulSet is not degraded' };
}

function countsOf(object: AnyObject) {
  const status = mapAt(object, 'status');
  const strategy = mapAt(object, 'spec', 'updateStrategy');
  const rolling = mapAt(strategy, 'rollingUpdate');
  const wanted = numberAt(mapAt(object, 'spec'), 'replicas', 1);
  const ready = numberAt(status, 'readyReplicas');
  return {
    wanted,
    // Pods of the strategy OnDelete are updated when somebody deletes them, which is nobody's progress.
    toUpdate: strategy['type'] === 'OnDelete' ? 0 : Math.max(0, wanted - numberAt(rolling, 'partition')),
    replicas: numberAt(status, 'replicas'),
    updated: numberAt(status, 'updatedReplicas'),
    ready,
    available: numberAt(status, 'availableReplicas', ready),
    mayBeDown: podsOf(rolling['maxUnavailable'], { of: wanted, otherwise: 1 }),
  };
}
