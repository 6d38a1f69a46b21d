import { hostname } from 'node:os';
import { leaderElectionLeases } from '@ocm/api';
import { leadUntilStopped, openComponent, type ProcessContext } from '@ocm/service';
import { buildInfo } from '../build-info.ts';
import { standardIntervals } from './manager-context.ts';
import type { ManagerSettings } from './manager-flags.ts';
import { runManager } from './run-manager.ts';
import { chooseHubDriver } from './works/choose-driver.ts';
import { kubeHubDriver } from './works/kube-hub-driver.ts';

/** `work manager`: serves health and metrics, and runs the controllers whose gates are on while it is the leader. */
export async function runManagerCommand(settings: ManagerSettings, context: ProcessContext): Promise<void> {
  const choice = chooseHubDriver(settings);
  const { clock, env, log } = context;
  const { gates } = settings;
  if (!gates.ManifestWorkReplicaSet && !gates.CleanUpCompletedManifestWork) {
    log.warn(
      { gates },
      'nothing to do: --feature-gates has neither ManifestWorkReplicaSet nor CleanUpCompletedManifestWork',
    );
  }
  const identity = { userAgent: 'work-manager', build: buildInfo };
  await using component = await openComponent(settings, identity, context);
  const { client, connectOptions: connecting, namespace, metrics } = component;
  const { resyncMs } = standardIntervals;
  await using driver =
    choice.kind === 'kube'
      ? await kubeHubDriver(choice.kubeconfig, { client, connecting, resyncMs })
      : await (
          await import('./works/event-hub-driver.ts')
        ).eventHubDriver({ ...choice, env, resyncMs, clock, log, metrics });
  await component.serve({ health: driver.health });
  const common = { clock, log, metrics: metrics.kube };
  const instance = env['POD_NAME'] || hostname();
  const lead = (leading: AbortSignal): Promise<void> =>
    driver.serve((works) => runManager({ ...common, client, works, gates, signal: leading, instance }));
  await leadUntilStopped(
    lead,
    { config: settings, client, namespace, name: leaderElectionLeases.workManager, metrics: metrics.kube },
    context,
  );
}
