import type { Controller } from '@ocm/kube';
import { completedWorkController } from './completed/completed-work-controller.ts';
import type { ManagerContext } from './manager-context.ts';
import { replicaSetController } from './replica-set/replica-set-controller.ts';

/** The feature gates that the controllers of this process ask for. */
export interface ManagerGates {
  readonly ManifestWorkReplicaSet: boolean;
  readonly CleanUpCompletedManifestWork: boolean;
}

/** The controllers of the manager: one for each gate that is on (work 1.1). */
export function managerControllers(context: ManagerContext, gates: Partial<ManagerGates>): readonly Controller[] {
  return [
    ...(gates.ManifestWorkReplicaSet === true ? [replicaSetController(context)] : []),
    ...(gates.CleanUpCompletedManifestWork === true ? [completedWorkController(context)] : []),
  ];
}
