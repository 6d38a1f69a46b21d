import type { AnyInformer, Controller } from '@ocm/kube';
import { acceptanceController } from './acceptance/acceptance-controller.ts';
import { addOnHealthController } from './add-on/add-on-health-controller.ts';
import { featureLabelController } from './add-on/feature-label-controller.ts';
import { cleanupController } from './cleanup/cleanup-controller.ts';
import { clockSyncController } from './clock-sync/clock-sync-controller.ts';
import { builtInSetControllers } from './cluster-set/built-in-set-controller.ts';
import { clusterSetController } from './cluster-set/cluster-set-controller.ts';
import { profileControllers } from './cluster-profile/profile-controllers.ts';
import { commonClusterRolesController } from './common-roles/common-cluster-roles-controller.ts';
import { connectionController } from './connection/connection-controller.ts';
import { csrApprovingController } from './csr/csr-approving-controller.ts';
import { enabledDrivers } from './driver/hub-driver.ts';
import type { HubContext } from './hub-context.ts';
import { capiClusterCache, importController } from './import/import-controller.ts';
import { leaseController } from './lease/lease-controller.ts';
import { managedNamespacesController } from './managed-namespaces/managed-namespaces-controller.ts';
import { setBindingController } from './set-binding/set-binding-controller.ts';
import { taintController } from './taint/taint-controller.ts';

/** Everything that runs on the hub. */
export interface HubControllers {
  readonly controllers: readonly Controller[];
  /** Caches of kinds that a hub may not have; no controller waits for them. */
  readonly background: readonly AnyInformer[];
}

export function hubControllers(context: HubContext): HubControllers {
  const { gates } = context.settings;
  const drivers = enabledDrivers(context.settings);
  const policies = drivers.flatMap(({ approval }) => approval?.(context.settings) ?? []);
  const capiClusters = gates.ClusterImporter ? capiClusterCache(context) : undefined;
  const controllers = [
    commonClusterRolesController(context),
    acceptanceController({ ...context, drivers }),
    leaseController(context),
    clockSyncController(context),
    taintController(context),
    connectionController(context, policies),
    clusterSetController(context),
    setBindingController(context),
    managedNamespacesController(context),
    cleanupController(context),
    addOnHealthController(context),
    featureLabelController(context),
    ...(gates.ClusterProfile ? profileControllers(context) : []),
    ...(gates.DefaultClusterSet ? builtInSetControllers(context) : []),
    ...(capiClusters === undefined ? [] : [importController({ ...context, capiClusters })]),
    // One for all drivers whose agents ask for certificates.
    ...(policies.length === 0 ? [] : [csrApprovingController(context, policies)]),
    ...drivers.flatMap(({ controllers }) => controllers?.(context) ?? []),
  ];
  return { controllers, background: capiClusters === undefined ? [] : [capiClusters] };
}
