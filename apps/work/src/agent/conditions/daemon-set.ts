import type { AnyObject } from '../manifest/any-object.ts';
import { isObserved, mapAt, numberAt, podsOf } from './object-status.ts';
import type { Judgement } from './well-known-conditions.ts';

/** Until every node that should has a Pod of the new revision that is available. */
export function daemonSetProgressing(object: AnyObject): Judgement {
  if (!isObserved(object)) return { holds: true, message: 'DaemonSet has not been looked at yet' };
  const { wanted, toUpdate, updated, available } = countsOf(object);
  if (updated >= toUpdate && available >= wanted) return { holds: false, message: 'DaemonSet is rolled out' };
  return { holds: true, message: `DaemonSet has ${updated} of ${toUpdate} Pods updated and ${available} available` };
}

/** When an update leaves more nodes without an available Pod than it takes down by itself. */
export function daemonSetDegraded(object: AnyObject): Judgement {
  const { wanted, scheduled, updated, available, mayBeDown } = countsOf(object);
  const down = wanted - available;
  if (isObserved(object) && scheduled >= wanted && updated < wanted && down > mayBeDown) {
    return {
      holds: true,
      message: `DaemonSet has ${down} Pods that are not available during its update, ${mayBeDown} may be`,
    };
  }
  return { holds: false, message: 'DaemonSet is not degraded' };
}

function countsOf(object: AnyObject) {
  const status = mapAt(object, 'status');
  const strategy = mapAt(object, 'spec', 'updateStrategy');
  const wanted = numberAt(status, 'desiredNumberScheduled');
  const updated = numberAt(status, 'updatedNumberScheduled');
  const isByHand = strategy['type'] === 'OnDelete';
  return {
    wanted,
    toUpdate: isByHand ? 0 : wanted,
    scheduled: numberAt(status, 'currentNumberScheduled'),
    updated: isByHand ? wanted : updated,
    available: numberAt(status, 'numberAvailable'),
    mayBeDown: podsOf(mapAt(strategy, 'rollingUpdate')['maxUnavailable'], { of: wanted, otherwise: 1 }),
  };
}
