import type { Agent } from './agent.ts';

type ValidityContext = Pick<Agent, 'judge' | 'bootstrapChanges' | 'filesWritten' | 'end'> & {
  readonly context: Pick<Agent['context'], 'intervals' | 'log'>;
};

/**
 * Waits until the hub directory holds a credential that may be used. Ends the agent when the bootstrap kubeconfig has come to describe another
 * hub than when the agent started: the credential that is being got is for the old one, and would never be valid (registration 5.4).
 *
 * @throws ConfigError when one of the kubeconfigs cannot be read (registration 5.1)
 */
export async function untilValid(
  { judge, bootstrapChanges, filesWritten, end, context: { intervals, log } }: ValidityContext,
  signal: AbortSignal,
): Promise<void> {
  let said: string | undefined;
  while (!signal.aborted) {
    const verdict = await judge();
    if (verdict.kind === 'valid') return;
    const changes = await bootstrapChanges();
    if (signal.aborted) return;
    if (changes.length > 0) return end(`the bootstrap kubeconfig has changed: ${changes.join(', ')}`);
    if (verdict.reason !== said) log.info({ reason: verdict.reason }, 'waiting for a hub credential that can be used');
    said = verdict.reason;
    await filesWritten.wait(intervals.validityPollMs, signal);
  }
}
