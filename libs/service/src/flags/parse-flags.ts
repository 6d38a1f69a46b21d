import { Command, CommanderError, Option } from 'commander';
import { ConfigError } from '../config-error.ts';
import { describeFlag } from './describe-flag.ts';
import type { Flag, FlagConfig, FlagTable } from './flag.ts';
import { parseFlag } from './parse-flag.ts';

/** What a command line turned out to be. */
export type FlagOutcome<Table extends FlagTable> =
  | {
      readonly kind: 'config';
      readonly config: FlagConfig<Table>;
      /** About deprecated flags that were used. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'help'; readonly text: string };

/** What the help says besides the flags. */
export interface CommandText {
  /** As typed: `registration agent`. */
  readonly name: string;
  readonly summary: string;
  /** Whole command lines. */
  readonly examples?: readonly string[];
  /** Variables that the command reads, and what for, by name. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Reads the arguments of one process. Go's notation is understood: `--flag=value`, `--flag value`, `--flag=false`, `_` for `-` in names,
 * `-v=4`. All bad values are reported together.
 *
 * @param argv the arguments after the name of the command
 * @throws ConfigError
 */
export function parseFlags<const Table extends FlagTable>(
  table: Table,
  argv: readonly string[],
  text: CommandText,
): FlagOutcome<Table> {
  const given = new Map<string, string[]>();
  const warnings: string[] = [];
  const written: string[] = [];
  const command = new Command(text.name)
    .description(text.summary)
    .exitOverride()
    .allowExcessArguments()
    .configureHelp({ helpWidth: 120 })
    .configureOutput({ writeOut: (line) => written.push(line), writeErr: () => undefined })
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', `${environmentText(text.environment ?? {})}${examplesText(text.examples ?? [])}`);
  for (const [member, flag] of Object.entries(table)) {
    const values: string[] = [];
    given.set(member, values);
    for (const option of optionsOf(flag)) {
      command.addOption(option);
      // A boolean without a value arrives as null.
      command.on(`option:${option.name()}`, (value: string | null) => {
        values.push(value ?? 'true');
        warnings.push(...warningsAbout(flag, option.name()));
      });
    }
  }
  try {
    command.parse(normalizeArguments(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { kind: 'help', text: written.join('') };
    throw new ConfigError([plainMessage(error)]);
  }
  if (command.args.length > 0) throw new ConfigError(command.args.map((text) => `unexpected argument "${text}"`));
  return { kind: 'config', config: configOf(table, given), warnings: [...new Set(warnings)] };
}

function optionsOf(flag: Flag): readonly Option[] {
  const value = flag.type === 'boolean' ? '[true|false]' : `<${flag.type === 'array' ? 'string' : flag.type}>`;
  const short = flag.name === 'v' ? '-v, ' : '';
  const option = new Option(`${short}--${flag.name} ${value}`, describeFlag(flag));
  const alias = flag.deprecatedAlias;
  return [
    flag.hidden === true ? option.hideHelp() : option,
    ...(alias === undefined ? [] : [new Option(`--${alias} ${value}`, `deprecated: use --${flag.name}`).hideHelp()]),
  ];
}

function warningsAbout(flag: Flag, used: string): readonly string[] {
  if (used === flag.deprecatedAlias) return [`--${used} is deprecated: use --${flag.name}`];
  return flag.deprecated === undefined ? [] : [`--${used} is deprecated: ${flag.deprecated}`];
}

function configOf<Table extends FlagTable>(
  table: Table,
  given: ReadonlyMap<string, readonly string[]>,
): FlagConfig<Table> {
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [member, flag] of Object.entries(table)) {
    const parsed = parseFlag(flag, given.get(member) ?? []);
    if (parsed.kind === 'problems') problems.push(...parsed.problems);
    else config[member] = parsed.value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config) as FlagConfig<Table>;
}

/**
 * Go's notation, where commander has another: `--kube_api_qps` and `-v=4`. A long flag is parted from its value, so that complaints
 * about an unknown one never repeat the value. Nothing after `--` is touched.
 */
function normalizeArguments(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return argv.flatMap((argument, index) => {
    if (end !== -1 && index >= end) return [argument];
    if (argument.startsWith('--')) return partLongFlag(argument);
    return [argument.startsWith('-v=') ? `-v${argument.slice(3)}` : argument];
  });
}

function partLongFlag(argument: string): readonly string[] {
  const at = argument.indexOf('=');
  const name = at === -1 ? argument : argument.slice(0, at);
  const dashed = name.replaceAll('_', '-');
  return at === -1 ? [dashed] : [dashed, argument.slice(at + 1)];
}

/** `error: unknown option '--foo'\n(Did you mean --for?)` on one line, in the words of this product. */
function plainMessage(error: CommanderError): string {
  const [first = '', hint = ''] = error.message.replace(/^error: /, '').split('\n');
  const nearest = hint.replace(/^\(Did you mean /, '').replace(/\?\)$/, '');
  const advice = nearest === '' ? 'see --help for the known ones' : `did you mean ${nearest}?`;
  return first
    .replace(/^unknown option '(.*)'$/, `unknown flag $1; ${advice}`)
    .replace(/^option '(.*) <.*' argument missing$/, 'flag $1 needs a value');
}

function environmentText(environment: Readonly<Record<string, string>>): string {
  const variables = Object.entries(environment);
  if (variables.length === 0) return '';
  const width = Math.max(...variables.map(([name]) => name.length));
  return `\nEnvironment:\n${variables.map(([name, use]) => `  ${name.padEnd(width)}  ${use}\n`).join('')}`;
}

function examplesText(examples: readonly string[]): string {
  return examples.length === 0 ? '' : `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`;
}
