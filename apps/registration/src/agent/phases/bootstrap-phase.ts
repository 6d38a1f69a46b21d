import { run } from '@ocm/kube';
import { clusterCreatingController } from '../bootstrap/cluster-creating-controller.ts';
import { followConnection } from '../diagnosis/follow-connection.ts';
import { runTogether } from '../run-together.ts';
import type { Agent } from './agent.ts';
import { hubCredentialController } from './hub-credential-controller.ts';
import { runOptions } from './run-options.ts';

/**
 * Registers the cluster with the bootstrap identity, until the hub directory holds a credential that may be used (registration 5.1). The
 * cluster comes first: who finds a credential does not bootstrap, so an agent that died between the two would leave nobody to make it.
 */
export async function bootstrapPhase(agent: Agent, signal: AbortSignal): Promise<void> {
  const { context, driver, names, clusterTemplate } = agent;
  await using hub = await driver.connectBootstrap(names, signal);
  const registered = new AbortController();
  const { promise: clusterSettled, resolve: onSettled } = Promise.withResolvers<void>();
  const creating = clusterCreatingController({
    ...context,
    clusters: hub.clusters,
    template: { ...clusterTemplate, decorate: (cluster) => driver.decorate(cluster) },
    onSettled,
  });
  const credential = hubCredentialController(agent, {
    name: `BootstrapController@cluster:${names.cluster}`,
    driver: hub.credential,
    // Nobody may write the status of a cluster that has not registered.
    report: () => Promise.resolve(),
  });
  await runTogether(AbortSignal.any([signal, registered.signal]), [
    // Apart, since only one of them has a cache to wait for.
    (signal) => run([creating], runOptions(context, signal)),
    async (signal) => {
      signal.addEventListener('abort', () => onSettled(), { once: true });
      if (!signal.aborted) await clusterSettled;
      await run([credential], runOptions(context, signal));
    },
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
