import { run } from '@ocm/kube';
import { openComponent, openProcessListener, type ProcessContext, stopOnFileChange } from '@ocm/service';
import { buildInfo } from '../build-info.ts';
import { paceOf, Turns } from '../turns.ts';
import { createAnswer } from './answer-request.ts';
import { createAuthenticate } from './authenticate.ts';
import { createAuthorize } from './authorize.ts';
import { clientAuthorities } from './client-authorities.ts';
import type { DebugConfig } from './debug-flags.ts';
import { createHubView } from './hub-view.ts';

/** `placement debug`: answers questions about scheduling from its own caches; every replica serves, nothing is written. */
export async function runDebug(config: DebugConfig, context: ProcessContext): Promise<void> {
  const { clock, log, signal } = context;
  const identity = { userAgent: 'placement-debug', build: buildInfo };
  await using component = await openComponent(config, identity, context);
  const { client, metrics } = component;
  const view = createHubView(client, { clock, log, metrics: metrics.kube });
  const pace = paceOf(clock);
  const answer = createAnswer({
    authenticate: createAuthenticate({ client, clock, rules: view.certificateRules }),
    authorize: createAuthorize(client, clock),
    view,
    pace: { turns: new Turns(pace), elapsedMs: pace.elapsedMs },
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
