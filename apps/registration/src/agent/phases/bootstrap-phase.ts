import { run } from '@ocm/kube';
import { clusterCreatingController } from '../bootstrap/cluster-creating-controller.ts';
import type { CredentialDriver } from '../credential/credential-driver.ts';
import { followConnection } from '../diagnosis/follow-connection.ts';
import { runTogether } from '../run-together.ts';
import type { Agent } from './agent.ts';
import { hubCredentialController } from './hub-credential-controller.ts';
import { runOptions } from './run-options.ts';
import { untilClusterMade } from './until-cluster-made.ts';
import { untilValid } from './until-valid.ts';

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
  // A certificate can be issued before the cluster was made, and an agent that finds a credential, be it after a crash, makes no cluster: so
  // before it is saved the hub is looked at once more, whatever the controller has come to.
  const look = (signal: AbortSignal): Promise<unknown> => creating.reconcile(names.cluster, signal);
  const credential = hubCredentialController(agent, {
    name: `BootstrapController@cluster:${names.cluster}`,
    driver: holdingBack(hub.credential, (signal) => untilClusterMade(look, { ...context, ...names }, signal)),
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
