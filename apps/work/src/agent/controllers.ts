import type { Controller, WatchSource } from '@ocm/kube';
import { applyController } from './apply/apply-controller.ts';
import type { WorkAgentContext } from './context.ts';
import { appliedWorkDeletionController } from './deletion/applied-work-deletion-controller.ts';
import { workDeletionController } from './deletion/work-deletion-controller.ts';
import { evictionController } from './eviction/eviction-controller.ts';
import { executorCacheController } from './executor/executor-cache-controller.ts';
import { addFinalizerController } from './finalizer/add-finalizer-controller.ts';
import { statusController } from './status/status-controller.ts';

/**
 * The controllers of the agent (work 5.3).
 *
 * @param news names of works of which an object has changed in any way, and of those whose objects others have changed or deleted
 */
export function workAgentControllers(
  context: WorkAgentContext,
  { changes, drifts }: { readonly changes: WatchSource; readonly drifts: WatchSource },
): readonly Controller[] {
  return [
    addFinalizerController(context),
    applyController(context, drifts),
    statusController(context, changes),
    workDeletionController(context),
    appliedWorkDeletionController(context),
    evictionController(context),
    ...executorControllers(context),
  ];
}

/** With the gate ExecutorValidatingCaches only. */
function executorControllers({ executorCache: cache, intervals, ...context }: WorkAgentContext): readonly Controller[] {
  return cache === undefined
    ? []
    : [executorCacheController({ ...context, cache, sweepMs: intervals.executorSweepMs })];
}
