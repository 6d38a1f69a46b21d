import { type Controller, run } from '@ocm/kube';
import { clusterCreatingController } from '../bootstrap/cluster-creating-controller.ts';
import type { CredentialDriver } from '../credential/credential-driver.ts';
import { followConnection } from '../diagnosis/follow-connection.ts';
import { runTogether } from '../run-together.ts';
import type { Agent } from './agent.ts';
import { hubCredentialController } from './hub-credential-controller.ts';
import { runOptions } from './run-options.ts';

/** Registers the cluster with the bootstrap identity, until the hub directory holds a credential that may be used (registration 5.1). */
export async function bootstrapPhase(agent: Agent, signal: AbortSignal): Promise<void> {
  const { context, driver, names, clusterTemplate } = agent;
  await using hub = await driver.connectBootstrap(names, signal);
  const registered = new AbortController();
  const creating = clusterCreatingController({
    ...context,
    clusters: hub.clusters,
    template: { ...clusterTemplate, decorate: (cluster) => driver.decorate(cluster) },
  });
  const credential = hubCredentialController(agent, {
    name: `BootstrapController@cluster:${names.cluster}`,
    driver: holdingBack(hub.credential, (signal) => untilClusterMade(agent, creating, signal)),
    // Nobody may write the status of a cluster that has not registered.
    report: () => Promise.resolve(),
  });
  await runTogether(AbortSignal.any([signal, registered.signal]), [
    // Apart, since only one of them has a cache to wait for.
    (signal) => run([creating], runOptions(context, signal)),
    (signal) => run([credential], runOptions(context, signal)),
    (signal) => followConnection({ ...context, ...agent, cluster: names.cluster, probe: hub.probe }, signal),
    async (signal) => {
      await untilValid(agent, signal);
      registered.abort();
    },
  ]);
}

async function untilValid({ judge, filesWritten, context }: Agent, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await judge()).kind === 'invalid') {
    await filesWritten.wait(context.intervals.validityPollMs, signal);
  }
}

/** A credential that is issued is saved only when this lets it. */
function holdingBack(driver: CredentialDriver, until: (signal: AbortSignal) => Promise<void>): CredentialDriver {
  return {
    watches: driver.watches,
    glance: (request) => driver.glance(request),
    async process(request, signal) {
      const result = await driver.process(request, signal);
      if (result.kind === 'issued') {
        await until(signal);
        signal.throwIfAborted();
      }
      return result;
    },
  };
}

/**
 * A credential can be issued before the cluster was made, and an agent that finds one, be it after a crash, makes no cluster: so look once
 * more, until the hub answers. It may refuse; then an administrator makes the cluster.
 */
async function untilClusterMade({ context, names }: Agent, creating: Controller, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await creating.reconcile(names.cluster, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      context.log.warn({ cluster: names.cluster, error }, 'the hub does not tell whether the cluster exists');
      await context.clock.sleep(context.intervals.validityPollMs, signal);
    }
  }
}
