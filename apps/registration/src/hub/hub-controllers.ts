import type { Controller } from '@ocm/kube';
import { acceptanceController } from './acceptance/acceptance-controller.ts';
import { clockSyncController } from './clock-sync/clock-sync-controller.ts';
import { commonClusterRolesController } from './common-roles/common-cluster-roles-controller.ts';
import { enabledDrivers } from './driver/hub-driver.ts';
import type { HubContext } from './hub-context.ts';
import { leaseController } from './lease/lease-controller.ts';
import { taintController } from './taint/taint-controller.ts';

/** Everything that runs on the hub. */
export function hubControllers(context: HubContext): readonly Controller[] {
  const drivers = enabledDrivers(context.settings.drivers);
  return [
    commonClusterRolesController(context),
    acceptanceController({ ...context, drivers }),
    leaseController(context),
    clockSyncController(context),
    taintController(context),
    ...drivers.flatMap(({ controllers }) => controllers(context)),
  ];
}
