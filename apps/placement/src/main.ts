#!/usr/bin/env node
import { defineCommand, runProgram } from '@ocm/service';
import { buildInfo } from './build-info.ts';
import { controllerFlags } from './controller/controller-flags.ts';
import { debugFlags } from './debug/debug-flags.ts';

const controller = defineCommand({
  name: 'controller',
  summary: 'Hub: chooses the clusters of every Placement and publishes them as PlacementDecisions.',
  flags: controllerFlags,
  examples: ['--kubeconfig=hub.kubeconfig --namespace=open-cluster-management-hub'],
  run: async (config, context) => (await import('./controller/run-controller.ts')).runController(config, context),
});

const debug = defineCommand({
  name: 'debug',
  summary: 'Hub: answers what scheduling would do with a Placement, and why a cluster is chosen or not.',
  flags: debugFlags,
  examples: ['--kubeconfig=hub.kubeconfig --namespace=open-cluster-management-hub --listen=0.0.0.0:9443'],
  run: async (config, context) => (await import('./debug/run-debug.ts')).runDebug(config, context),
});

const code = await runProgram({
  name: 'placement',
  summary: 'Decides which managed clusters a Placement selects.',
  version: buildInfo.gitVersion,
  commands: [controller, debug],
  argv: process.argv.slice(2),
  env: process.env,
  host: process,
});
process.exit(code);
