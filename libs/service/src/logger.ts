import { isKubeError, type Logger as KubeLogger } from '@ocm/kube';
import { pino, type DestinationStream } from 'pino';
import { causeChain, isError } from './error-facts.ts';

/**
 * Structured log: one JSON object per line. Messages are constant, variable parts are fields, and a thing has the same key everywhere
 * (`cluster`, `work`, `placement`, `addon`, `error`).
 */
export interface Logger extends KubeLogger {
  /** A logger whose every line carries these fields. */
  child(fields: object): Logger;
}

/** Members whose value never reaches the log, down to three levels below the top. */
const SECRET_MEMBERS = [
  'token',
  'password',
  'authorization',
  'Authorization',
  'privateKey',
  'privateKeyPem',
  'kubeconfig',
  '["tls.key"]',
  '["ca.key"]',
] as const;

const REDACTED = SECRET_MEMBERS.flatMap((member) => {
  const tail = member.startsWith('[') ? member : `.${member}`;
  return [member, `*${tail}`, `*.*${tail}`, `*.*.*${tail}`];
});

/**
 * The log of a process, on standard output unless a test says otherwise. Writes are synchronous: nothing is lost on exit, and no
 * worker thread costs memory.
 *
 * @param verbosity of `-v`: from 4 on `debug` lines too, below `info` and worse
 */
export function createLogger(options: {
  readonly verbosity: number;
  readonly destination?: DestinationStream;
  /** Fields of every line, such as the pod. */
  readonly fields?: object;
}): Logger {
  const debug = options.verbosity >= 4;
  return pino(
    {
      level: debug ? 'debug' : 'info',
      base: options.fields ?? {},
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: (error: unknown) => describeError(error, { stack: debug }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** How many of several errors are told. */
const MAX_PARTS = 5;

/** An error as fields: name, code, message with its causes, stack on request. Anything else that was thrown, as text. */
function describeError(error: unknown, options: { readonly stack: boolean }): object | string {
  if (!isError(error)) return hideSecrets(thrownText(error));
  const { name, stack } = error;
  return {
    name,
    ...('code' in error ? { code: error.code } : {}),
    message: messageWithCauses(error),
    ...(options.stack && stack !== undefined ? { stack: hideSecrets(stack) } : {}),
  };
}

/** The messages of an error and of what caused it, on one line, without repetitions and without secrets. */
export function messageWithCauses(error: unknown): string {
  const messages: string[] = [];
  for (const cause of causeChain(error)) {
    const message = isError(cause) ? ownMessage(cause) : thrownText(cause);
    if (message !== '' && !messages.some((earlier) => earlier.includes(message))) messages.push(message);
    if (isKubeError(cause)) break; // it has said already what lies beneath
  }
  return hideSecrets(messages.join(': ').replaceAll(/\s*\n\s*/g, ' '));
}

function ownMessage(error: Error): string {
  if (!(error instanceof AggregateError)) return error.message;
  const parts = error.errors.slice(0, MAX_PARTS).map(messageWithCauses);
  return [error.message, ...parts].filter((part) => part !== '').join('; ');
}

/** What to say about a thrown value that is no error. Objects may hold anything, so only their kind is said. */
function thrownText(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : `a thrown ${typeof thrown}`;
}

function hideSecrets(text: string): string {
  return text
    .replaceAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[redacted key]')
    .replaceAll(/\b(Bearer|Basic) [\w.~+/=-]+/gi, '$1 [redacted]');
}
