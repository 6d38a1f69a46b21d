import { type Clock, LeadershipLostError } from '@ocm/kube';
import { causeChain, isError } from '../error-facts.ts';
import type { Logger } from '../logger.ts';
import type { ProcessContext } from './command.ts';
import { errorLine } from './error-line.ts';

/** The parts of Node's `process` that a program uses; `process` fits. */
export interface ProcessHost {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  on(event: string, listener: (cause: unknown) => void): unknown;
  off(event: string, listener: (cause: unknown) => void): unknown;
}

/** How long everything may take to stop (operator 1.4). */
const STOP_WITHIN_MS = 10_000;

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const CRASHES = ['uncaughtException', 'unhandledRejection'] as const;

/** Runs `run` until it ends, a stop drags on for too long, or a second signal comes. Returns the exit code. */
export async function supervise(
  run: (control: Pick<ProcessContext, 'signal' | 'stop'>) => Promise<void>,
  { host, clock, log }: { readonly host: ProcessHost; readonly clock: Clock; readonly log: Logger },
): Promise<number> {
  const stopping = new AbortController();
  const end = Promise.withResolvers<number>();
  const fail = (line: string): void => {
    host.stderr.write(`${line}\n`);
    end.resolve(1);
  };
  const cleanUps: (() => void)[] = [];
  const stop = (reason: string): void => {
    if (stopping.signal.aborted) return;
    log.info({ reason }, 'stopping');
    stopping.abort();
    const seconds = STOP_WITHIN_MS / 1000;
    cleanUps.push(
      clock.schedule(STOP_WITHIN_MS, () => fail(`error: the process did not stop within ${seconds} s (${reason})`)),
    );
  };
  const listen = (event: string, listener: (cause: unknown) => void): void => {
    host.on(event, listener);
    cleanUps.push(() => host.off(event, listener));
  };
  let signals = 0;
  for (const name of STOP_SIGNALS) {
    listen(name, () => {
      signals += 1;
      if (signals > 1) fail(`error: stopped at once by a second signal (${name})`);
      else stop(name);
    });
  }
  for (const event of CRASHES) {
    listen(event, (error) => {
      log.error({ error }, 'unexpected error, the process ends');
      fail(errorLine(error));
    });
  }
  const running = async (): Promise<void> => run({ signal: stopping.signal, stop });
  running().then(
    () => end.resolve(0),
    (error: unknown) => {
      if (isCancellation(error, stopping.signal)) return end.resolve(0);
      if (error instanceof LeadershipLostError) {
        log.warn({ error }, 'leadership lost, the process ends');
        return end.resolve(0); // operator 1.4: not a failure, the next start tries again
      }
      log.debug({ error }, 'the run failed');
      return fail(errorLine(error));
    },
  );
  const code = await end.promise;
  for (const cleanUp of cleanUps) cleanUp();
  return code;
}

/** Whether an error only says that the work was told to stop. */
function isCancellation(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return causeChain(error).some((cause) => cause === signal.reason || (isError(cause) && cause.name === 'AbortError'));
}
