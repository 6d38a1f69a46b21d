import type { KubeClient } from '@ocm/kube';
import { ConfigError, type ProcessContext, type ProcessMetrics } from '@ocm/service';
import type { AgentSettings } from '../agent-flags.ts';
import { kubeWorkDriver } from './kube-work-driver.ts';
import type { WorkDriver } from './work-driver.ts';

/** What flags say about the driver. */
type DriverSettings = Pick<AgentSettings, 'clusterName' | 'sourceDriver' | 'sourceConfig' | 'cloudEventsClientId'>;

/** What flags have to say to a driver. */
export type DriverChoice =
  | { readonly kind: 'kube'; readonly clusterName: string; readonly configFile: string }
  | {
      readonly kind: 'grpc' | 'mqtt';
      readonly clusterName: string;
      readonly configFile: string;
      readonly clientId: string;
    };

/**
 * What flags demand of each other (work 4.1).
 *
 * @throws ConfigError naming the flag that is missing, or the driver that is
 */
export function chooseDriver(settings: DriverSettings): DriverChoice {
  const { clusterName, sourceDriver: kind, sourceConfig: configFile, cloudEventsClientId: clientId } = settings;
  if (clusterName === undefined) throw new ConfigError(['--spoke-cluster-name is required']);
  if (kind === 'kube') return { kind, clusterName, configFile };
  if (clientId === undefined) {
    throw new ConfigError([`--cloudevents-client-id: client id is required for the driver ${kind}`]);
  }
  if (kind === 'grpc' || kind === 'mqtt') return { kind, clusterName, configFile, clientId };
  throw new ConfigError([
    `--workload-source-driver: ${kind} is not part of this program; implement EventTransport of @ocm/cloudevents for it and name it in openWorkDriver`,
  ]);
}

/** Collaborators of a driver. */
export interface DriverParts extends Pick<ProcessContext, 'clock' | 'env' | 'log'> {
  readonly openHub: (kubeconfig: string) => Promise<KubeClient>;
  readonly metrics: ProcessMetrics;
}

/** Opens the driver; the libraries of the others are not loaded. */
export async function openWorkDriver(choice: DriverChoice, parts: DriverParts): Promise<WorkDriver> {
  const { configFile, clusterName } = choice;
  const { openHub, clock, log, metrics } = parts;
  if (choice.kind === 'kube') {
    const hub = await openHub(configFile);
    return kubeWorkDriver({ hub, clusterName, clock, log, metrics: metrics.kube });
  }
  const options = { clusterName, clientId: choice.clientId, env: parts.env, clock, log, metrics };
  return choice.kind === 'grpc'
    ? (await import('./grpc-work-driver.ts')).grpcWorkDriver(configFile, options)
    : (await import('./mqtt-work-driver.ts')).mqttWorkDriver(configFile, options);
}
