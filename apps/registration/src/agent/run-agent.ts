/**
 * The registration agent in process, without leader election and serving. Tests start it as
 *
 *     await runAgent({ settings, namespace, client, kubeconfig, instance, signal, log, intervals: { … } });
 *
 * It resolves when the signal has fired and everything has ended, and when the agent has to be started again in order to register anew
 * (the reason is logged). It rejects with the first fatal error.
 */
import type { EventMetrics } from '@ocm/cloudevents';
import {
  type Clock,
  connect,
  type Controller,
  every,
  type KubeClient,
  type KubeconfigSource,
  kubeconfigFile,
  type KubeMetrics,
  type Logger,
  run,
  systemClock,
} from '@ocm/kube';
import { type AgentContext, connectOptions } from './agent-context.ts';
import type { AgentSettings } from './agent-flags.ts';
import type { AgentHealth } from './agent-health.ts';
import { bootstrapKubeconfigs, checkCertificateLifetime } from './agent-settings.ts';
import { AWS_COMMAND } from './awsirsa/awsirsa-driver.ts';
import { rebootstrapReason } from './bootstrap/rebootstrap-reason.ts';
import type { ConnectionReport } from './diagnosis/connection-report.ts';
import { secretToFilesController } from './hub-files/secret-to-files-controller.ts';
import { type AgentIntervals, defaultIntervals } from './intervals.ts';
import type { Agent } from './phases/agent.ts';
import { bootstrapPhase } from './phases/bootstrap-phase.ts';
import { joinedPhase } from './phases/joined-phase.ts';
import { runOptions } from './phases/run-options.ts';
import { runTogether } from './run-together.ts';
import { oneSecret, startUp } from './start-up.ts';

export interface AgentOptions {
  readonly settings: AgentSettings;
  /** Where the agent's secrets are, on the management cluster. */
  readonly namespace: string;
  /** The management cluster; stays open. */
  readonly client: KubeClient;
  /** Where that client has its address from. */
  readonly kubeconfig: KubeconfigSource;
  /** Names this process in events: the pod's name. */
  readonly instance: string;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly intervals?: Partial<AgentIntervals>;
  readonly metrics?: KubeMetrics | undefined;
  /** Of the events that go over gRPC. */
  readonly eventMetrics?: EventMetrics | undefined;
  readonly rateLimit?: AgentContext['rateLimit'];
  /** The proxy variables of the environment. */
  readonly proxy?: AgentContext['proxy'];
  /** Path of the command line of AWS, if it is not in its usual place. */
  readonly awsCommand?: string;
  /** Told when the hub credential has to be good. */
  readonly health?: AgentHealth;
  /** Told what keeps agent and hub apart. */
  readonly connection?: ConnectionReport;
}

export async function runAgent(options: AgentOptions): Promise<void> {
  const context = contextOf(options);
  const kubeconfigs = bootstrapKubeconfigs(context.settings);
  checkCertificateLifetime(context.settings);
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const end = (reason: string): void => {
    if (signal.aborted) return;
    context.log.info({ reason }, 'the agent ends, to register anew when it is started again');
    ending.abort();
  };
  try {
    await using open = new AsyncDisposableStack();
    const spoke = await openSpoke(options.client, context, open);
    const clusters = { management: options.client, kubeconfig: options.kubeconfig, spoke };
    const agent = await startUp(context, clusters, {
      kubeconfigs,
      health: options.health,
      report: options.connection,
      end,
      signal,
    });
    await runTogether(signal, [
      (signal) => watchBootstrapSecret(agent, signal),
      (signal) => run([filesController(agent)], runOptions(context, signal)),
      (signal) => runPhases(agent, signal),
    ]);
  } catch (error) {
    if (!signal.aborted) throw error; // a cancelled run ends cleanly (registration 5.1)
  }
}

function contextOf(options: AgentOptions): AgentContext {
  const { settings, namespace, instance, log, metrics, eventMetrics, rateLimit, proxy } = options;
  const { clock = systemClock, random = Math.random, intervals = {}, awsCommand = AWS_COMMAND } = options;
  const complete = { ...defaultIntervals, ...intervals };
  const collaborators = { log, metrics, eventMetrics, rateLimit, proxy, clock, random, awsCommand };
  return { settings, namespace, instance, intervals: complete, ...collaborators };
}

/** One connection for each API server: they are one and the same unless the agent runs outside its cluster. */
async function openSpoke(
  management: KubeClient,
  context: AgentContext,
  open: AsyncDisposableStack,
): Promise<KubeClient> {
  const { spokeKubeconfig } = context.settings;
  if (spokeKubeconfig === undefined) return management;
  return open.use(await connect(kubeconfigFile(spokeKubeconfig), connectOptions(context)));
}

async function runPhases(agent: Agent, signal: AbortSignal): Promise<void> {
  const { log } = agent.context;
  const { cluster, agent: name } = agent.names;
  const verdict = await agent.judge();
  if (verdict.kind === 'invalid') {
    log.info({ cluster, agent: name, reason: verdict.reason }, 'registering with the bootstrap credential');
    await bootstrapPhase(agent, signal);
  }
  if (signal.aborted) return;
  log.info({ cluster, agent: name }, 'working with the hub credential');
  await joinedPhase(agent, signal);
}

function filesController({ context, hubSecret, filesWritten }: Agent): Controller {
  const { settings, namespace, intervals, clock, log } = context;
  return secretToFilesController({
    cached: () => hubSecret.get({ namespace, name: settings.hubSecret }),
    directory: settings.hubKubeconfigDir,
    watches: [
      hubSecret.events(({ object }) => object.metadata.name),
      every(intervals.secretToFilesResyncMs, settings.hubSecret, { clock }),
    ],
    onChange: () => filesWritten.ring(),
    log,
  });
}

/** Ends the agent when the bootstrap secret says so (registration 5.6). */
async function watchBootstrapSecret({ context, management, end }: Agent, signal: AbortSignal): Promise<void> {
  const secret = oneSecret(management, context, context.settings.bootstrapSecret);
  const unsubscribe = secret.subscribe((event) => {
    const reason = rebootstrapReason(event);
    if (reason !== undefined) end(reason);
  });
  await secret.run(signal).finally(unsubscribe);
}
