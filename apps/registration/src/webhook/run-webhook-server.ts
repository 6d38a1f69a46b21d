import { connect } from '@ocm/kube';
import { kubeconfigSource, type ProcessContext } from '@ocm/service';
import { runWebhookProcess } from '@ocm/service/webhooks';
import type { WebhookServerConfig } from './webhook-flags.ts';
import { registrationWebhooks } from './webhooks.ts';

/** `registration webhook-server`: answers the API server's questions about clusters and bindings until it is told to stop. */
export async function runWebhookServer(config: WebhookServerConfig, context: ProcessContext): Promise<void> {
  const { clock, env, log, signal } = context;
  // Requests under way still need the client after the signal.
  const closing = new AbortController();
  await using client = await connect(kubeconfigSource(config.kubeconfig, env), {
    userAgent: 'registration-webhook',
    signal: closing.signal,
    clock,
    log,
    proxy: { httpProxy: env['HTTP_PROXY'], httpsProxy: env['HTTPS_PROXY'], noProxy: env['NO_PROXY'] },
  });
  const routes = registrationWebhooks({ client, clock, log, gates: config.gates });
  await runWebhookProcess({ config, routes, clock, log, signal });
}
