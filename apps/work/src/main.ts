#!/usr/bin/env node
import { defineCommand, runProgram } from '@ocm/service';
import { agentFlags } from './agent/agent-flags.ts';
import { buildInfo } from './build-info.ts';
import { managerFlags } from './hub/manager-flags.ts';
import { webhookServerFlags } from './webhook/webhook-flags.ts';

// Each command loads what it needs when it runs: an agent does not pay for the hub.
const agent = defineCommand({
  name: 'agent',
  summary: 'Managed cluster: applies the works of one cluster, keeps their objects as listed, and reports.',
  flags: agentFlags,
  examples: ['--spoke-cluster-name=cluster1 --workload-source-config=/spoke/hub-kubeconfig/kubeconfig'],
  run: async (config, context) => (await import('./agent/run-agent-command.ts')).runAgentCommand(config, context),
});

const manager = defineCommand({
  name: 'manager',
  summary:
    'Hub: rolls replica sets out over the clusters of Placements, deletes completed works when their time is over.',
  flags: managerFlags,
  examples: ['--kubeconfig=hub.kubeconfig --feature-gates=ManifestWorkReplicaSet=true'],
  run: async (config, context) => (await import('./hub/run-manager-command.ts')).runManagerCommand(config, context),
});

const webhookServer = defineCommand({
  name: 'webhook-server',
  summary: 'Hub: checks the manifests of works, and on whose behalf they are to be applied.',
  flags: webhookServerFlags,
  examples: ['--kubeconfig=hub.kubeconfig --certdir=/tmp/serving-certs'],
  run: async (config, context) => (await import('./webhook/run-webhook-server.ts')).runWebhookServer(config, context),
});

const code = await runProgram({
  name: 'work',
  summary: 'Distributes Kubernetes manifests from a hub to managed clusters.',
  version: buildInfo.gitVersion,
  commands: [agent, manager, webhookServer],
  argv: process.argv.slice(2),
  env: process.env,
  host: process,
});
process.exit(code);
