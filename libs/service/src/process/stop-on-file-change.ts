import { fileChanges } from '../file-changes.ts';
import type { ProcessContext } from './command.ts';

/** How often the files are looked at (operator 1.4). */
const LOOK_EVERY_MS = 10_000;

/**
 * Stops the process when one of the files changes (`--terminate-on-files`), so that it is started again with the new content. Resolves
 * after that, or when the signal has fired; await it with the rest of the process.
 */
export async function stopOnFileChange(
  paths: readonly string[],
  { signal, clock, stop }: Pick<ProcessContext, 'signal' | 'clock' | 'stop'>,
  { intervalMs = LOOK_EVERY_MS }: { readonly intervalMs?: number } = {},
): Promise<void> {
  if (paths.length === 0) return;
  for await (const [path] of fileChanges({ paths, intervalMs, clock, signal })) {
    stop(`file changed: ${path ?? ''}`);
    return;
  }
}
