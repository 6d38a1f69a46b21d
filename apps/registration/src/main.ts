#!/usr/bin/env node
import { defineCommand, keepHeapSmall, limitGarbageSpace, runProgram } from '@ocm/service';
import { agentFlags } from './agent/agent-flags.ts';
import { buildInfo } from './build-info.ts';
import { grpcFlags } from './grpc-server/grpc-flags.ts';
import { controllerFlags } from './hub/controller-flags.ts';
import { webhookServerFlags } from './webhook/webhook-flags.ts';

// Each command loads what it needs when it runs: an agent does not pay for the hub.
const controller = defineCommand({
  name: 'controller',
  summary: 'Hub: accepts clusters, gives them their permissions, approves certificate renewals, watches heartbeats.',
  flags: controllerFlags,
  examples: ['--kubeconfig=hub.kubeconfig --namespace=open-cluster-management-hub'],
  run: async (config, context) => (await import('./hub/run-controller.ts')).runController(config, context),
});

const agent = defineCommand({
  name: 'agent',
  summary: 'Managed cluster: joins the hub, keeps its credential fresh, sends heartbeats and status.',
  flags: agentFlags,
  examples: ['--bootstrap-kubeconfig=/spoke/bootstrap/kubeconfig --spoke-cluster-name=cluster1'],
  async run(config, context) {
    // Measured on the idle bundle: 8 MB less, next to workloads that need the room.
    limitGarbageSpace(0);
    keepHeapSmall();
    await (await import('./agent/run-agent-command.ts')).runAgentCommand(config, context);
  },
});

const webhookServer = defineCommand({
  name: 'webhook-server',
  summary:
    'Hub: checks who may accept clusters, move them between sets and bind sets; fills in what clients leave out.',
  flags: webhookServerFlags,
  examples: ['--kubeconfig=hub.kubeconfig --certdir=/tmp/serving-certs'],
  run: async (config, context) => (await import('./webhook/run-webhook-server.ts')).runWebhookServer(config, context),
});

const grpc = defineCommand({
  name: 'grpc',
  summary: 'Hub: the way in for clusters that do not reach its Kubernetes API, CloudEvents over gRPC.',
  flags: grpcFlags,
  examples: ['--kubeconfig=hub.kubeconfig --server-config=/var/run/grpc-server-config/config.yaml'],
  run: async (config, context) => (await import('./grpc-server/run-grpc.ts')).runGrpc(config, context),
});

const code = await runProgram({
  name: 'registration',
  summary: 'Registers clusters with a hub and keeps them in touch.',
  version: buildInfo.gitVersion,
  commands: [controller, agent, webhookServer, grpc],
  argv: process.argv.slice(2),
  env: process.env,
  host: process,
});
process.exit(code);
