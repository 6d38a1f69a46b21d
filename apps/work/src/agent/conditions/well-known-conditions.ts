import { workConditions } from '@ocm/api';
import type { AnyObject } from '../manifest/any-object.ts';
import { daemonSetDegraded, daemonSetProgressing } from './daemon-set.ts';
import { deploymentDegraded, deploymentProgressing } from './deployment.ts';
import { jobComplete, jobDegraded, jobProgressing } from './job.ts';
import { podComplete, podDegraded, podProgressing } from './pod.ts';
import { statefulSetDegraded, statefulSetProgressing } from './stateful-set.ts';

/** Whether a statement about an object holds, and in words why. */
export interface Judgement {
  readonly holds: boolean;
  readonly message: string;
}

/** Judges an object of the kind that it is listed for; whatever its status lacks counts as not there. */
export type WellKnownCondition = (object: AnyObject) => Judgement;

const COMPLETE = workConditions.complete.type;
const PROGRESSING = workConditions.progressing.type;
const DEGRADED = workConditions.degraded.type;

/**
 * The conditions that need no expressions, by `apiVersion/kind` and name. `Complete` is the reference's (work 11.5). The others serve
 * rollouts (work 13.1), which ask of an object:
 *
 * - `Progressing`: it has not yet become what its manifest asks for. Also of one that has failed, so that a rollout does not go on.
 * - `Degraded`: its status says that it does not get there, or that it has lost what it had. Never while it merely starts.
 */
const CONDITIONS: Readonly<Record<string, Readonly<Record<string, WellKnownCondition>>>> = {
  'apps/v1/Deployment': { [PROGRESSING]: deploymentProgressing, [DEGRADED]: deploymentDegraded },
  'apps/v1/StatefulSet': { [PROGRESSING]: statefulSetProgressing, [DEGRADED]: statefulSetDegraded },
  'apps/v1/DaemonSet': { [PROGRESSING]: daemonSetProgressing, [DEGRADED]: daemonSetDegraded },
  'batch/v1/Job': { [COMPLETE]: jobComplete, [PROGRESSING]: jobProgressing, [DEGRADED]: jobDegraded },
  'v1/Pod': { [COMPLETE]: podComplete, [PROGRESSING]: podProgressing, [DEGRADED]: podDegraded },
};

/** The built-in condition of this name for the kind of the object; `undefined` when there is none. */
export function wellKnownCondition(
  name: string,
  { apiVersion = '', kind = '' }: AnyObject,
): WellKnownCondition | undefined {
  const key = `${apiVersion}/${kind}`;
  const ofKind = Object.hasOwn(CONDITIONS, key) ? CONDITIONS[key] : undefined;
  return ofKind !== undefined && Object.hasOwn(ofKind, name) ? ofKind[name] : undefined;
}
