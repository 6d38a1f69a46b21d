import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '@ocm/kube';
import { errorCode } from './error-facts.ts';

/** How to look after files. */
export interface FileWatch {
  readonly paths: readonly string[];
  /** Time between two looks. Files are read, not watched: mounted Secrets change by swapping symlinks. */
  readonly intervalMs: number;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: AbortSignal;
}

/**
 * Yields the paths whose content changed since the last look (or since the call). A file that appears or vanishes has changed, too, and so
 * has one that can no longer be read. Ends when the signal fires.
 */
export async function* fileChanges({ paths, intervalMs, clock, signal }: FileWatch): AsyncGenerator<readonly string[]> {
  let seen = await fingerprints(paths);
  while (!signal.aborted) {
    await clock.sleep(intervalMs, signal);
    if (signal.aborted) return;
    const before = seen;
    seen = await fingerprints(paths);
    const changed = paths.filter((_path, index) => before[index] !== seen[index]);
    if (changed.length > 0) yield changed;
  }
}

function fingerprints(paths: readonly string[]): Promise<readonly string[]> {
  return Promise.all(paths.map(fingerprint));
}

async function fingerprint(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch (error) {
    // Absent is the usual case; any other reason not to read it is a state of its own.
    return errorCode(error) ?? 'unreadable';
  }
}
