import { createLogger, type Logger } from '../src/logger.ts';

/** A real logger whose lines a test can read. */
export function recordedLog(verbosity = 4): { readonly log: Logger; readonly lines: () => Record<string, unknown>[] } {
  const written: string[] = [];
  const log = createLogger({ verbosity, destination: { write: (line: string) => void written.push(line) } });
  return { log, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}
