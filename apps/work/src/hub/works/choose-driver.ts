import { ConfigError } from '@ocm/service';
import type { ManagerSettings } from '../manager-flags.ts';

/** What flags have to say to a driver of works. */
export type HubDriverChoice =
  | { readonly kind: 'kube'; /** `undefined`: that of the manager. */ readonly kubeconfig: string | undefined }
  | { readonly kind: 'grpc' | 'mqtt'; readonly configFile: string; readonly clientId: string };

type DriverSettings = Pick<ManagerSettings, 'workDriver' | 'workDriverConfig' | 'cloudEventsClientId'>;

/**
 * What flags demand of each other (work 4.2).
 *
 * @throws ConfigError naming the flag that is missing, or the driver that is
 */
export function chooseHubDriver({
  workDriver: kind,
  workDriverConfig,
  cloudEventsClientId,
}: DriverSettings): HubDriverChoice {
  if (kind === 'kube') return { kind, kubeconfig: workDriverConfig };
  if (cloudEventsClientId === undefined) {
    throw new ConfigError([`--cloudevents-client-id: client id is required for the driver ${kind}`]);
  }
  if (kind !== 'grpc' && kind !== 'mqtt') {
    throw new ConfigError([
      `--work-driver: ${kind} is not part of this program; implement EventTransport of @ocm/cloudevents for it and name it in eventHubDriver`,
    ]);
  }
  if (workDriverConfig === undefined) {
    throw new ConfigError([`--work-driver-config is required for the driver ${kind}`]);
  }
  return { kind, configFile: workDriverConfig, clientId: cloudEventsClientId };
}
