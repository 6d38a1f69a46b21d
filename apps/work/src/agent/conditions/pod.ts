import type { AnyObject, JsonObject } from '../manifest/any-object.ts';
import { isTrue, mapAt, mapsAt, textAt } from './object-status.ts';
import type { Judgement } from './well-known-conditions.ts';

/** Reasons for which a container waits and will not start by waiting. */
const HOPELESS = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImageNeverPull',
  'ErrImagePull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RunContainerError',
]);

/** When the Pod has ended, well or not (work 11.5). */
export function podComplete(object: AnyObject): Judgement {
  const phase = phaseOf(object);
  return { holds: phase === 'Succeeded' || phase === 'Failed', message: `Pod is in phase ${phase}` };
}

/** Until the Pod is ready or has succeeded. */
export function podProgressing(object: AnyObject): Judgement {
  const phase = phaseOf(object);
  if (phase === 'Succeeded') return { holds: false, message: 'Pod has succeeded' };
  if (phase === 'Running' && isTrue(object, 'Ready')) return { holds: false, message: 'Pod is ready' };
  return { holds: true, message: phase === 'Failed' ? 'Pod has failed' : 'Pod is not ready' };
}

/** When the Pod has failed, or a container of it cannot start. */
export function podDegraded(object: AnyObject): Judgement {
  if (phaseOf(object) === 'Failed') {
    const status = mapAt(object, 'status');
    const why = [textAt(status, 'reason'), textAt(status, 'message')].filter((text) => text !== '').join(': ');
    return { holds: true, message: why === '' ? 'Pod has failed' : `Pod has failed: ${why}` };
  }
  const container = containersOf(object).find((each) => HOPELESS.has(waitingReason(each)));
  if (container === undefined) return { holds: false, message: 'Pod has not failed' };
  return { holds: true, message: `container ${textAt(container, 'name')} does not start: ${waitingReason(container)}` };
}

function phaseOf(object: AnyObject): string {
  return textAt(mapAt(object, 'status'), 'phase');
}

function containersOf(object: AnyObject): readonly JsonObject[] {
  const status = mapAt(object, 'status');
  return [...mapsAt(status, 'initContainerStatuses'), ...mapsAt(status, 'containerStatuses')];
}

function waitingReason(container: JsonObject): string {
  return textAt(mapAt(container, 'state', 'waiting'), 'reason');
}
