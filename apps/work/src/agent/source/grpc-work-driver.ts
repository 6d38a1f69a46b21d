import { certificateRefreshMs, grpcTransport } from '@ocm/cloudevents';
import { eventWorkDriver, type EventWorkDriverOptions } from './event-work-driver.ts';
import type { WorkDriver } from './work-driver.ts';

export interface GrpcWorkDriverOptions extends EventWorkDriverOptions {
  /** Of the process: how often the client's certificate is looked at (cloudevents-grpc 9.2). */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Works over the hub's gRPC server.
 *
 * @param path of the client's configuration file (cloudevents-grpc 9.1)
 * @throws ConfigError when it cannot be used
 */
export async function grpcWorkDriver(path: string, { env, ...options }: GrpcWorkDriverOptions): Promise<WorkDriver> {
  const { clock, log } = options;
  const transport = await grpcTransport(path, { refreshMs: certificateRefreshMs(env), clock, log });
  return eventWorkDriver(transport, options);
}
