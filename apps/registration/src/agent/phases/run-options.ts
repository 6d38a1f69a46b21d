import type { RunOptions } from '@ocm/kube';
import type { AgentContext } from '../agent-context.ts';

/** How the agent runs its controllers. */
export function runOptions(
  { log, clock, metrics, intervals }: Pick<AgentContext, 'log' | 'clock' | 'metrics' | 'intervals'>,
  signal: AbortSignal,
): RunOptions {
  return { signal, log, clock, syncTimeoutMs: intervals.cacheSyncMs, ...(metrics === undefined ? {} : { metrics }) };
}
