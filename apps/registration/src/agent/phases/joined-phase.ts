import { readFile } from 'node:fs/promises';
import { Node } from '@ocm/api';
import { every, informer, type Informer, run, trigger, type WatchSource } from '@ocm/kube';
import { cacheOptions } from '../agent-context.ts';
import { leaseController } from '../lease/lease-controller.ts';
import { leaseRenewal } from '../lease/lease-renewal.ts';
import type { JoinedHub } from '../registration-driver.ts';
import { runTogether } from '../run-together.ts';
import { availableStage } from '../status/available-stage.ts';
import { reportCondition } from '../status/report-condition.ts';
import { joinedStage } from '../status/joined-stage.ts';
import { resourcesStage } from '../status/resources-stage.ts';
import { statusController } from '../status/status-controller.ts';
import type { StatusStage } from '../status/status-stage.ts';
import { countsTheSame, slimNode } from '../status/sum-resources.ts';
import type { Agent } from './agent.ts';
import { hubCredentialController } from './hub-credential-controller.ts';
import { runOptions } from './run-options.ts';
import { untilAdmitted } from './until-admitted.ts';

/** The life of a registered agent: heartbeat, status, rotation (registration 5.1). Ends when the signal fires. */
export async function joinedPhase(agent: Agent, signal: AbortSignal): Promise<void> {
  const { context, driver, names, health, judge } = agent;
  const kubeconfig = await readFile(agent.hubKubeconfig, 'utf8');
  await using hub = await driver.connectJoined(kubeconfig, names, signal);
  health.watch(judge);
  await untilAdmitted(hub, { ...context, cluster: names.cluster }, signal);
  if (signal.aborted) return;
  const credential = hubCredentialController(agent, {
    name: `RegisterController@cluster:${names.cluster}`,
    driver: hub.credential,
    report: reportCondition(hub, names.cluster, context.clock),
  });
  const renewal = leaseRenewal({ ...context, leases: hub.leases });
  await runTogether(signal, [
    (signal) => run([credential, leaseController(hub, renewal)], runOptions(context, signal)),
    (signal) => renewal.run(signal),
    (signal) => reportStatus(agent, hub, signal),
  ]);
}

/** Apart from the other controllers: a cluster whose API server fails must keep its heartbeat, and say that it fails. */
async function reportStatus(agent: Agent, hub: JoinedHub, signal: AbortSignal): Promise<void> {
  const { context, spoke, names } = agent;
  const nodes = informer(spoke.kind(Node), { ...cacheOptions(context), transform: slimNode });
  const listed = trigger();
  const watches = [
    hub.ownCluster.events(({ object }) => object.metadata.name),
    nodeChanges(nodes, names.cluster),
    listed,
    every(context.settings.healthCheckPeriodMs, names.cluster, { clock: context.clock }),
  ];
  const controller = statusController({ ...context, hub, stages: statusStages(agent, nodes), watches });
  await runTogether(signal, [
    (signal) => run([controller], runOptions(context, signal)),
    (signal) => nodes.run(signal),
    async (signal) => {
      await nodes.waitForSync(signal);
      listed.enqueue(names.cluster); // a cluster without nodes has no events of nodes
    },
  ]);
}

/** In order. Claims (registration 12.2) and managed namespaces (registration 13) will follow the resources. */
function statusStages({ context, spoke }: Agent, nodes: Informer<Node>): readonly StatusStage[] {
  return [
    joinedStage(context.clock),
    availableStage({ ...context, spoke }),
    resourcesStage({ ...context, spoke, nodes }),
  ];
}

/** Without the cache behind it, for which the controller would wait. */
function nodeChanges(nodes: Informer<Node>, key: string): WatchSource {
  const source = nodes.events((event) =>
    event.type === 'updated' && countsTheSame(event.previous, event.object) ? undefined : key,
  );
  return { start: (enqueue) => source.start(enqueue) };
}
