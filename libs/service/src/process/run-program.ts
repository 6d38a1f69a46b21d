import { type Clock, systemClock } from '@ocm/kube';
import { createLogger, type Logger } from '../logger.ts';
import { chooseCommand, type Choice, type Program } from './choose-command.ts';
import { errorLine } from './error-line.ts';
import { type ProcessHost, supervise } from './supervise.ts';

export interface RunOptions extends Program {
  /** `process.argv.slice(2)` */
  readonly argv: readonly string[];
  /** `process.env` */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `process` */
  readonly host: ProcessHost;
  readonly clock?: Clock;
  /** Where the log goes; default standard output. */
  readonly createLog?: (verbosity: number) => Logger;
}

/**
 * Runs one program to its end and returns its exit code, which `main.ts` hands to `process.exit`: 0 after a clean end (also on SIGTERM,
 * SIGINT and other reasons to stop), 1 after an error, of which standard error then has one line, and 1 when the end takes more than 10
 * seconds or is demanded by a second signal.
 */
export async function runProgram(options: RunOptions): Promise<number> {
  const { argv, env, host, clock = systemClock, createLog = podLog(env) } = options;
  const choice = tryToChoose(options, argv);
  switch (choice.kind) {
    case 'help':
    case 'version':
      host.stdout.write(choice.text);
      return 0;
    case 'usage':
      host.stderr.write(choice.text);
      return 1;
    case 'refused':
      host.stderr.write(`${errorLine(choice.error)}\n`);
      return 1;
    case 'ready': {
      const log = createLog(choice.verbosity);
      for (const warning of choice.warnings) log.warn({ warning }, 'deprecated flag');
      return supervise(({ signal, stop }) => choice.run({ signal, stop, log, clock, env }), { host, clock, log });
    }
    default:
      return unreachable(choice);
  }
}

/** The log on standard output; `POD_NAME` enriches it (work 4.4). */
function podLog({ POD_NAME: pod }: RunOptions['env']): (verbosity: number) => Logger {
  return (verbosity) => createLogger({ verbosity, fields: pod === undefined ? {} : { pod } });
}

function tryToChoose(
  program: Program,
  argv: readonly string[],
): Choice | { readonly kind: 'refused'; readonly error: unknown } {
  try {
    return chooseCommand(program, argv);
  } catch (error) {
    return { kind: 'refused', error };
  }
}

function unreachable(choice: never): never {
  throw new TypeError(`unknown choice ${JSON.stringify(choice)}`);
}
