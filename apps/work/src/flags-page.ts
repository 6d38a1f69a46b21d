import { flagsMarkdown } from '@ocm/service';
import { agentFlags } from './agent/agent-flags.ts';
import { managerFlags } from './hub/manager-flags.ts';
import { webhookServerFlags } from './webhook/webhook-flags.ts';

/** Where the page lies; written by `npm run docs`. */
export const FLAGS_PAGE = new URL('../../../docs/flags-work.md', import.meta.url);

/** The documentation of all flags of this program, from the tables that parse them. */
export function flagsPage(): string {
  const commands = { agent: agentFlags, 'webhook-server': webhookServerFlags };
  const sections = Object.entries(commands).map(([name, table]) => `## work ${name}\n\n${flagsMarkdown(table)}`);
  return `# Flags of work\n\nWritten by \`npm run docs -w @ocm/work\`.\n\n${sections.join('\n')}`;
}

/** Where the page of the manager lies; written by `npm run docs`. */
export const MANAGER_FLAGS_PAGE = new URL('../../../docs/flags-work-manager.md', import.meta.url);

/** The documentation of the flags of `work manager`. */
export function managerFlagsPage(): string {
  return `# Flags of work manager\n\nWritten by \`npm run docs -w @ocm/work\`.\n\n${flagsMarkdown(managerFlags)}`;
}
