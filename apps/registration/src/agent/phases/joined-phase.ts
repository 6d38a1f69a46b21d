import { readFile } from 'node:fs/promises';
import { run } from '@ocm/kube';
import { leaseController } from '../lease/lease-controller.ts';
import { leaseRenewal } from '../lease/lease-renewal.ts';
import type { JoinedHub } from '../registration-driver.ts';
import { runTogether } from '../run-together.ts';
import { reportCondition } from '../status/report-condition.ts';
import type { Agent } from './agent.ts';
import { hubCredentialController } from './hub-credential-controller.ts';
import { reportStatus } from './report-status.ts';
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
    (signal) => followFiles(agent, hub, signal),
    (signal) => reportStatus(agent, hub, signal),
  ]);
}

/** A new certificate has been tried; the sooner it is used, the more time is left should it fail after all. */
async function followFiles({ filesWritten, context }: Agent, hub: JoinedHub, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await filesWritten.wait(context.intervals.credentialReloadMs, signal);
    await hub.reloadCredential();
  }
}
