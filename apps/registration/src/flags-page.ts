import { flagsMarkdown } from '@ocm/service';
import { controllerFlags } from './hub/controller-flags.ts';
import { agentFlags } from './agent/agent-flags.ts';
import { grpcFlags } from './grpc-server/grpc-flags.ts';
import { webhookServerFlags } from './webhook/webhook-flags.ts';

/** Where the page lies; written by `npm run docs`. */
export const FLAGS_PAGE = new URL('../../../docs/flags-registration.md', import.meta.url);

/** The documentation of all flags of this program, from the tables that parse them. */
export function flagsPage(): string {
  const commands = {
    controller: controllerFlags,
    agent: agentFlags,
    'webhook-server': webhookServerFlags,
    grpc: grpcFlags,
  };
  const sections = Object.entries(commands).map(
    ([name, table]) => `## registration ${name}\n\n${flagsMarkdown(table)}`,
  );
  return `# Flags of registration\n\nWritten by \`npm run docs -w @ocm/registration\`.\n\n${sections.join('\n')}`;
}
