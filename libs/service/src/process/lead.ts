import { hostname } from 'node:os';
import { type KubeClient, leadElection, type KubeMetrics } from '@ocm/kube';
import { ConfigError } from '../config-error.ts';
import type { ProcessContext } from './command.ts';
import { stopOnFileChange } from './stop-on-file-change.ts';

/** Flags of a process that works while it leads; see `commonFlags`. */
interface LeadFlags {
  readonly disableLeaderElection: boolean;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
  readonly terminateOnFiles: readonly string[];
}

/** What is led and where the lease is. */
export interface LeadOptions {
  readonly config: LeadFlags;
  readonly client: KubeClient;
  readonly namespace: string;
  /** Name of the lease. */
  readonly name: string;
  readonly metrics: KubeMetrics;
}

/**
 * Runs the job whenever this process is the leader, or at once where there is no election, until it ends or the process has to stop; a change of
 * a file of `--terminate-on-files` stops the process. Rejects with what the job throws, and when the leadership is lost.
 *
 * @throws ConfigError when the times of the election do not fit together
 */
export async function leadUntilStopped(
  job: (signal: AbortSignal) => Promise<void>,
  { config, client, namespace, name, metrics }: LeadOptions,
  context: ProcessContext,
): Promise<void> {
  const { clock, env, log, signal } = context;
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = config;
  if (!config.disableLeaderElection) checkTimes(config);
  // A pod's name outlives its containers: a restarted one takes its own lease back at once.
  const identity = env['POD_NAME'] || `${hostname()}_${crypto.randomUUID()}`;
  const election = {
    client,
    namespace,
    name,
    identity,
    leaseDurationMs,
    renewDeadlineMs,
    retryPeriodMs,
    signal,
    log,
    clock,
    metrics,
  };
  await Promise.all([
    config.disableLeaderElection ? job(signal) : leadElection(election, job),
    stopOnFileChange(config.terminateOnFiles, context),
  ]);
}

/** A leader that fails to renew must have given up before others take over, and have tried more than once before that. */
function checkTimes({ leaseDurationMs, renewDeadlineMs, retryPeriodMs }: LeadFlags): void {
  if (leaseDurationMs > renewDeadlineMs && renewDeadlineMs > retryPeriodMs) return;
  throw new ConfigError([
    `--leader-election-lease-duration (${leaseDurationMs / 1000}s) must be longer than --leader-election-renew-deadline ` +
      `(${renewDeadlineMs / 1000}s), and that longer than --leader-election-retry-period (${retryPeriodMs / 1000}s)`,
  ]);
}
