import { readFile } from 'node:fs/promises';
import { run } from '@ocm/kube';
import { followConnection } from '../diagnosis/follow-connection.ts';
import { hubAcceptController } from '../hubs/hub-accept-controller.ts';
import { hubTimeoutController } from '../hubs/hub-timeout-controller.ts';
import { leaseController } from '../lease/lease-controller.ts';
import { leaseRenewal } from '../lease/lease-renewal.ts';
import type { JoinedHub } from '../registration-driver.ts';
import { runTogether } from '../run-together.ts';
import { reportCondition } from '../status/report-condition.ts';
import type { Agent } from './agent.ts';
import { hubCredentialController } from './hub-credential-controller.ts';
import { manageAddOns } from './manage-add-ons.ts';
import { reportStatus } from './report-status.ts';
import { runOptions } from './run-options.ts';
import { untilAdmitted } from './until-admitted.ts';

/** The life of a registered agent: heartbeat, status, rotation (registration 5.1). Ends when the signal fires. */
export async function joinedPhase(agent: Agent, signal: AbortSignal): Promise<void> {
  const { context, driver, names, health, judge } = agent;
  const kubeconfig = await readFile(agent.hubKubeconfig, 'utf8');
  await using hub = await driver.connectJoined(kubeconfig, names, signal);
  health.watch(judge);
  await runTogether(signal, [
    ...(context.settings.gates.MultipleHubs ? [(signal: AbortSignal) => watchHub(agent, hub, signal)] : []),
    (signal) => followConnection({ ...context, ...agent, ...hub, cluster: names.cluster }, signal),
    async (signal) => {
      await untilAdmitted(hub, { ...context, cluster: names.cluster }, signal);
      if (!signal.aborted) await serveHub(agent, hub, signal);
    },
  ]);
}

async function serveHub(agent: Agent, hub: JoinedHub, signal: AbortSignal): Promise<void> {
  const { context, names } = agent;
  const credential = hubCredentialController(agent, {
    name: `RegisterController@cluster:${names.cluster}`,
    driver: hub.credential,
    report: reportCondition(hub, names.cluster, context.clock),
  });
  const renewal = leaseRenewal({ ...context, leases: hub.leases, note: (outcome) => agent.journal.noteLease(outcome) });
  await runTogether(signal, [
    (signal) => run([credential, leaseController(hub, renewal)], runOptions(context, signal)),
    (signal) => renewal.run(signal),
    (signal) => followFiles(agent, hub, signal),
    (signal) => reportStatus(agent, hub, signal),
    ...(context.settings.gates.AddonManagement ? [(signal: AbortSignal) => manageAddOns(agent, hub, signal)] : []),
  ]);
}

/** Ends the agent when another hub should be tried (registration 17); from the start, since it may never be let in here. */
async function watchHub({ context, names, end }: Agent, hub: JoinedHub, signal: AbortSignal): Promise<void> {
  const timeoutMs = context.settings.hubConnectionTimeoutSeconds * 1000;
  const timeout = hubTimeoutController({ ...context, leases: hub.leases, cluster: names.cluster, timeoutMs }, end);
  // Apart, and without a limit for the cache: the agent may see its cluster only once the hub has accepted it.
  const patiently = { ...runOptions(context, signal), syncTimeoutMs: Number.POSITIVE_INFINITY };
  await runTogether(signal, [
    (signal) => run([timeout], runOptions(context, signal)),
    (signal) => run([hubAcceptController(hub, end)], { ...patiently, signal }),
  ]);
}

/** A new certificate has been tried; the sooner it is used, the more time is left should it fail after all. */
async function followFiles({ filesWritten, context }: Agent, hub: JoinedHub, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await filesWritten.wait(context.intervals.credentialReloadMs, signal);
    await hub.reloadCredential();
  }
}
