import type { Controller, WatchSource } from '@ocm/kube';
import { applyController } from './apply/apply-controller.ts';
import type { WorkAgentContext } from './context.ts';
import { appliedWorkDeletionController } from './deletion/applied-work-deletion-controller.ts';
import { workDeletionController } from './deletion/work-deletion-controller.ts';
import { evictionController } from './eviction/eviction-controller.ts';
import { addFinalizerController } from './finalizer/add-finalizer-controller.ts';
import { statusController } from './status/status-controller.ts';

/**
 * The controllers of the agent (work 5.3).
 *
 * @param losses names of works that have lost an object
 */
export function workAgentControllers(context: WorkAgentContext, losses: WatchSource): readonly Controller[] {
  return [
    addFinalizerController(context),
    applyController(context),
    statusController(context, losses),
    workDeletionController(context),
    appliedWorkDeletionController(context),
    evictionController(context),
  ];
}
