import type { Clock } from '@ocm/kube';
import { loggingFlags } from '../flags/common-flags.ts';
import type { FlagConfig, FlagTable } from '../flags/flag.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import type { Logger } from '../logger.ts';

/** What a running command gets from its process. */
export interface ProcessContext {
  /** Fires when the process has to stop; everything must then end within 10 seconds. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the process cleanly (exit code 0), as a signal does. The reason is logged. */
  readonly stop: (reason: string) => void;
}

/** What every command reads from its environment. */
const ENVIRONMENT = {
  POD_NAME: 'name in the log and of the leader; a container that restarts takes its own lease back at once',
  'HTTPS_PROXY, HTTP_PROXY, NO_PROXY': 'proxy for API servers whose kubeconfig has no proxy-url',
  'KUBERNETES_SERVICE_HOST, _PORT': 'API server of the service account, when no kubeconfig is given',
};

/** A sub-command: `agent`, `controller`, `webhook-server`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** All flags, with those of logging. */
  readonly flags: FlagTable;
  /** Reads the arguments after the name. Throws ConfigError. */
  readonly prepare: (argv: readonly string[], programName: string) => PreparedCommand;
}

/** A command whose arguments have been read. */
export type PreparedCommand =
  | { readonly kind: 'help'; readonly text: string }
  | {
      readonly kind: 'ready';
      readonly verbosity: number;
      readonly warnings: readonly string[];
      readonly run: (context: ProcessContext) => Promise<void>;
    };

/**
 * A sub-command with its table of flags. `run` ends when its work is done or the signal has fired; what it throws ends the process with
 * code 1. Load what only this command needs inside `run`, so that its siblings in the same image do not pay for it.
 */
export function defineCommand<const Table extends FlagTable>(options: {
  readonly name: string;
  readonly summary: string;
  readonly flags: Table;
  /** Arguments only: the program and the name of the command are put in front. */
  readonly examples?: readonly string[];
  readonly run: (config: FlagConfig<Table>, context: ProcessContext) => Promise<void>;
}): Command {
  const { name, summary, run } = options;
  const flags = { ...options.flags, ...loggingFlags };
  return {
    name,
    summary,
    flags,
    prepare(argv, programName) {
      const fullName = `${programName} ${name}`;
      const examples = options.examples?.map((example) => `${fullName} ${example}`) ?? [];
      const outcome = parseFlags(flags, argv, { name: fullName, summary, examples, environment: ENVIRONMENT });
      if (outcome.kind === 'help') return outcome;
      const { verbosity } = outcome.config as FlagConfig<typeof loggingFlags>;
      const config = outcome.config as FlagConfig<Table>;
      return { kind: 'ready', verbosity, warnings: outcome.warnings, run: (context) => run(config, context) };
    },
  };
}
