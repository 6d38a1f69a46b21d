import { certificateRefreshMs, mqttTransport } from '@ocm/cloudevents';
import { eventWorkDriver, type EventWorkDriverOptions } from './event-work-driver.ts';
import type { WorkDriver } from './work-driver.ts';

export interface MqttWorkDriverOptions extends EventWorkDriverOptions {
  /** Of the process: how often the client's certificate is looked at (cloudevents-grpc 9.2). */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Works over a message broker.
 *
 * @param path of the client's configuration file (cloudevents-grpc 18.1)
 * @throws ConfigError when it cannot be used
 */
export async function mqttWorkDriver(path: string, { env, ...options }: MqttWorkDriverOptions): Promise<WorkDriver> {
  const { clusterName, clientId, clock, log } = options;
  const role = { kind: 'agent', clusterName } as const;
  const transport = await mqttTransport(path, { clientId, role, refreshMs: certificateRefreshMs(env), clock, log });
  return eventWorkDriver(transport, options);
}
