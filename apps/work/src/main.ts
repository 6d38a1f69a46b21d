#!/usr/bin/env node
import { defineCommand, runProgram } from '@ocm/service';
import { agentFlags } from './agent/agent-flags.ts';
import { buildInfo } from './build-info.ts';

// Each command loads what it needs when it runs: an agent does not pay for the hub.
const agent = defineCommand({
  name: 'agent',
  summary: 'Managed cluster: applies the works of one cluster, keeps their objects as listed, and reports.',
  flags: agentFlags,
  examples: ['--spoke-cluster-name=cluster1 --workload-source-config=/spoke/hub-kubeconfig/kubeconfig'],
  run: async (config, context) => (await import('./agent/run-agent-command.ts')).runAgentCommand(config, context),
});

const code = await runProgram({
  name: 'work',
  summary: 'Distributes Kubernetes manifests from a hub to managed clusters.',
  version: buildInfo.gitVersion,
  commands: [agent],
  argv: process.argv.slice(2),
  env: process.env,
  host: process,
});
process.exit(code);
