import type { Flag, FlagTable } from './flag.ts';

/** Help of one flag with its default, what is allowed, and its former name. */
export function describeFlag(flag: Flag): string {
  const allowed =
    flag.type === 'string' && flag.allowed !== undefined ? `one of ${flag.allowed.join(', ')}` : undefined;
  const known = flag.type === 'gates' ? `known: ${gatesText(flag.gates)}` : undefined;
  const standard = defaultText(flag);
  const remarks = [
    allowed,
    known,
    standard === '' ? undefined : `default ${standard}`,
    flag.deprecated === undefined ? undefined : `deprecated: ${flag.deprecated}`,
    flag.deprecatedAlias === undefined ? undefined : `formerly --${flag.deprecatedAlias}`,
  ].filter((remark) => remark !== undefined);
  return remarks.length === 0 ? flag.help : `${flag.help} (${remarks.join('; ')})`;
}

/**
 * A Markdown table of all visible flags, for the documentation: the same source as `--help`.
 * Ends in a line break.
 */
export function flagsMarkdown(table: FlagTable): string {
  const rows = Object.values(table)
    .filter(({ hidden }) => hidden !== true)
    .map((flag) => {
      const name = `\`${flag.name === 'v' ? '-v' : `--${flag.name}`}\``;
      const standard = defaultText(flag);
      return `| ${name} | ${standard === '' ? '' : `\`${standard}\``} | ${escapeCell(meaning(flag))} |`;
    });
  return ['| Flag | Default | Meaning |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

function meaning(flag: Flag): string {
  const notes = [
    flag.type === 'string' && flag.allowed !== undefined ? `one of \`${flag.allowed.join('`, `')}\`` : undefined,
    flag.type === 'gates' ? `known: ${gatesText(flag.gates)}` : undefined,
    flag.type === 'list' || flag.type === 'array' ? 'repeatable' : undefined,
    flag.deprecated === undefined ? undefined : `deprecated: ${flag.deprecated}`,
    flag.deprecatedAlias === undefined ? undefined : `formerly \`--${flag.deprecatedAlias}\``,
  ].filter((note) => note !== undefined);
  return [flag.help, ...notes].join('; ');
}

/** The default as one would write it on the command line; empty when there is none. */
function defaultText(flag: Flag): string {
  switch (flag.type) {
    case 'gates':
      return '';
    case 'list':
    case 'array':
      return flag.default.join(',');
    case 'map':
      return Object.entries(flag.default)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
    default:
      return flag.default === undefined ? '' : String(flag.default);
  }
}

const gatesText = (gates: (Flag & { readonly type: 'gates' })['gates']): string =>
  Object.entries(gates)
    .map(([name, gate]) => `${name}=${gate.default} (${gate.stage})`)
    .join(', ');

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
