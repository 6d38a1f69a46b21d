import { connect, run } from '@ocm/kube';
import {
  componentNamespace,
  createProcessMetrics,
  kubeconfigSource,
  openProcessListener,
  type ProcessContext,
  rateLimit,
  stopOnFileChange,
} from '@ocm/service';
import { buildInfo } from '../build-info.ts';
import { createAnswer } from './answer-request.ts';
import { createAuthenticate } from './authenticate.ts';
import { createAuthorize } from './authorize.ts';
import { clientAuthorities } from './client-authorities.ts';
import type { DebugConfig } from './debug-flags.ts';
import { createHubView } from './hub-view.ts';

/** `placement debug`: answers questions about scheduling from its own caches; every replica serves, nothing is written. */
export async function runDebug(config: DebugConfig, context: ProcessContext): Promise<void> {
  const { clock, env, log, signal } = context;
  const namespace = await componentNamespace(config.namespace);
  const metrics = createProcessMetrics({ clock, namespace, build: buildInfo });
  // Watches end before their connection does.
  const closing = new AbortController();
  await using client = await connect(kubeconfigSource(config.kubeconfig, env), {
    userAgent: 'placement-debug',
    signal: closing.signal,
    clock,
    log,
    metrics: metrics.kube,
    rateLimit: rateLimit(config.kubeApiQps, config.kubeApiBurst),
    proxy: { httpProxy: env['HTTP_PROXY'], httpsProxy: env['HTTPS_PROXY'], noProxy: env['NO_PROXY'] },
  });
  const view = createHubView(client, { clock, log, metrics: metrics.kube });
  const answer = createAnswer({
    authenticate: createAuthenticate({ client, clock, rules: view.certificateRules }),
    authorize: createAuthorize(client, clock),
    view,
    metrics: metrics.source,
    build: buildInfo,
    log,
  });
  await using _server = await openProcessListener({
    config,
    answer,
    clientAuthorities: clientAuthorities(view),
    clock,
    log,
  });
  await Promise.all([
    run([], { signal, log, clock, informers: view.informers }),
    view.certificateRulesInformer.run(signal),
    stopOnFileChange(config.terminateOnFiles, context),
  ]);
}
