import { flagsMarkdown } from '@ocm/service';
import { controllerFlags } from './controller/controller-flags.ts';
import { debugFlags } from './debug/debug-flags.ts';

/** Where the page lies; written by `npm run docs`. */
export const FLAGS_PAGE = new URL('../../../docs/flags-placement.md', import.meta.url);

const LOGGING =
  'Every command also has `-v`, the log level: from 4 on it says which Placements are looked at, and what has brought them there.';

/** The documentation of all flags of this program, from the tables that parse them. */
export function flagsPage(): string {
  const commands = { controller: controllerFlags, debug: debugFlags };
  const sections = Object.entries(commands).map(([name, table]) => `## placement ${name}\n\n${flagsMarkdown(table)}`);
  return `# Flags of placement\n\nWritten by \`npm run docs -w @ocm/placement\`.\n\n${LOGGING}\n\n${sections.join('\n')}`;
}
