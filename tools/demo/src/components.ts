import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type SupervisedProcess, type Supervisor } from '@ocm/testing';

const LOG_TAIL_LINES = 5;
const STOP_WITHIN_MS = 10_000;

/** One of our processes, started from source as a user would start it. */
export interface Component {
  readonly name: string;
  readonly logFile: string;
  readonly process: SupervisedProcess;
}

export interface ComponentOptions {
  /** Shown to the user, and the name of its log file. */
  readonly name: string;
  readonly app: 'registration' | 'work' | 'placement';
  readonly args: readonly string[];
  /** Where its log goes. */
  readonly directory: string;
  /** Path of the program of an app. */
  readonly programOf: (app: ComponentOptions['app']) => string;
}

/** Starts the process; it ends at the latest with the supervisor. */
export async function startComponent(
  supervisor: Supervisor,
  { name, app, args, directory, programOf }: ComponentOptions,
): Promise<Component> {
  const logFile = join(directory, `${name}.log`);
  const listen = `127.0.0.1:${await freePort()}`;
  const process = supervisor.start(globalThis.process.execPath, {
    args: [programOf(app), ...args, '--listen', listen],
    logFile,
    env: { POD_NAME: name },
  });
  return { name, logFile, process };
}

/** Rejects when the component ends although nobody stopped it; the message has the end of its log. */
export async function failWhenItEnds({ name, logFile, process }: Component, signal: AbortSignal): Promise<void> {
  const how = await process.ended;
  if (signal.aborted) return;
  const log = await readFile(logFile, 'utf8');
  const tail = log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n  ');
  throw new Error(`${name} ended with ${how}; its last words:\n  ${tail}`);
}

/** Asks all to stop and waits until they have; returns the names of those that had to be killed. */
export async function stopComponents(components: readonly Component[]): Promise<readonly string[]> {
  const late = await Promise.all(
    components.map(async ({ name, process }) => {
      if (process.hasEnded()) return [];
      process.signal('SIGTERM');
      const timer = AbortSignal.timeout(STOP_WITHIN_MS);
      const gaveUp = new Promise<'late'>((resolve) => timer.addEventListener('abort', () => resolve('late')));
      if ((await Promise.race([process.ended, gaveUp])) !== 'late') return [];
      await process.kill();
      return [name];
    }),
  );
  return late.flat();
}
