import { once } from 'node:events';
import type { Clock } from '@ocm/kube';
import type { webhookFlags } from '../flags/common-flags.ts';
import type { FlagConfig } from '../flags/flag.ts';
import type { Logger } from '../logger.ts';
import { openListener } from '../serving/http-listener.ts';
import type { Listener } from '../serving/open-server.ts';
import { answerProcessEndpoints, type ProcessEndpoints } from '../serving/process-endpoints.ts';
import { tlsSettings } from '../serving/tls-settings.ts';
import { createWebhookMetrics } from './webhook-metrics.ts';
import { serveWebhooks, type WebhookHandler } from './webhook-server.ts';

export interface WebhookProcessOptions {
  readonly config: Pick<
    FlagConfig<typeof webhookFlags>,
    'port' | 'metricsPort' | 'healthProbePort' | 'certificateDirectory' | 'tlsMinVersion' | 'tlsCipherSuites'
  >;
  /** By path. */
  readonly routes: Readonly<Record<string, WebhookHandler>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Opens what a webhook server listens on (registration 24, work 18): webhooks over HTTPS, metrics and health over HTTP, each on its port.
 * A metrics or health port of 0 or less is not opened.
 *
 * @throws ConfigError when a port, the TLS settings or the certificate cannot be used
 */
export async function openWebhookProcess({
  config,
  routes,
  clock,
  log,
}: WebhookProcessOptions): Promise<AsyncDisposable> {
  await using open = new AsyncDisposableStack();
  const metrics = createWebhookMetrics(Object.keys(routes));
  open.use(await openPlain(config.metricsPort, { metrics: { source: metrics.source, guard: 'open' }, log }, clock));
  open.use(
    await serveWebhooks({
      address: { host: undefined, port: config.port },
      tls: {
        settings: tlsSettings(config.tlsMinVersion, config.tlsCipherSuites),
        certificate: { directory: config.certificateDirectory, whenAbsent: 'fail' },
      },
      routes,
      metrics,
      clock,
      log,
    }),
  );
  // Last, so that a probe does not send requests here before they are answered; closed first.
  open.use(await openPlain(config.healthProbePort, { health: [], log }, clock));
  log.info({ port: config.port, paths: Object.keys(routes) }, 'webhooks are served');
  return open.move();
}

async function openPlain(port: number, endpoints: ProcessEndpoints, clock: Clock): Promise<Listener | undefined> {
  if (port <= 0) return undefined;
  const { log } = endpoints;
  return openListener({ address: { host: undefined, port }, answer: answerProcessEndpoints(endpoints), clock, log });
}

/** How long requests may still come after the end has been ordered: others learn of it a moment later. */
const LINGER_MS = 2000;

/**
 * Serves webhooks until the signal fires, and a moment longer: a connection refused in a roll-out would be a write refused to a user.
 *
 * @throws ConfigError as {@link openWebhookProcess} does
 */
export async function runWebhookProcess(
  options: WebhookProcessOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const { signal, clock } = options;
  await using _open = await openWebhookProcess(options);
  if (!signal.aborted) await once(signal, 'abort');
  await clock.sleep(LINGER_MS, new AbortController().signal);
}
