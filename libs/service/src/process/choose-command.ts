import { ConfigError } from '../config-error.ts';
import type { Command, PreparedCommand } from './command.ts';

/** A program with sub-commands, one image. */
export interface Program {
  /** As typed, without a path: `registration`. */
  readonly name: string;
  readonly summary: string;
  /** For `--version`. */
  readonly version: string;
  readonly commands: readonly Command[];
}

/** What the arguments of a program ask for. */
export type Choice =
  | PreparedCommand
  | { readonly kind: 'version'; readonly text: string }
  /** Nothing was asked for: the usage, as an error. */
  | { readonly kind: 'usage'; readonly text: string };

/**
 * Finds the sub-command and reads its arguments.
 *
 * @throws ConfigError for an unknown command and for bad flags
 */
export function chooseCommand(program: Program, argv: readonly string[]): Choice {
  const [name, ...rest] = argv;
  if (name === undefined) return { kind: 'usage', text: usage(program) };
  if (name === '--help' || name === '-h' || name === 'help') return { kind: 'help', text: usage(program) };
  if (name === '--version' || name === 'version') return { kind: 'version', text: `${program.version}\n` };
  const command = program.commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const known = program.commands.map((candidate) => candidate.name).join(', ');
    throw new ConfigError([`unknown command "${name}"; known: ${known}`]);
  }
  return command.prepare(rest, program.name);
}

function usage({ name, summary, commands }: Program): string {
  const width = Math.max(0, ...commands.map((command) => command.name.length));
  return [
    `Usage: ${name} <command> [flags]`,
    '',
    summary,
    '',
    'Commands:',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    `Flags of a command: ${name} <command> --help`,
    '',
  ].join('\n');
}
