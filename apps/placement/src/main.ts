#!/usr/bin/env node
import { defineCommand, runProgram } from '@ocm/service';
import { buildInfo } from './build-info.ts';
import { controllerFlags } from './controller/controller-flags.ts';

const controller = defineCommand({
  name: 'controller',
  summary: 'Hub: chooses the clusters of every Placement and publishes them as PlacementDecisions.',
  flags: controllerFlags,
  examples: ['--kubeconfig=hub.kubeconfig --namespace=open-cluster-management-hub'],
  run: async (config, context) => (await import('./controller/run-controller.ts')).runController(config, context),
});

const code = await runProgram({
  name: 'placement',
  summary: 'Decides which managed clusters a Placement selects.',
  version: buildInfo.gitVersion,
  commands: [controller],
  argv: process.argv.slice(2),
  env: process.env,
  host: process,
});
process.exit(code);
