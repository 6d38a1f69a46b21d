import { type Controller, defineController, done, every, isKubeError } from '@ocm/kube';
import type { HubContext } from '../hub-context.ts';
import { type BuiltInSet, defaultSet, globalSet, planBuiltInSet } from './built-in-set.ts';

type BuiltInSetContext = Pick<HubContext, 'clusterSets' | 'clock' | 'log' | 'settings'>;

/** Keep the sets `default` and `global` (gate DefaultClusterSet). */
export function builtInSetControllers(context: BuiltInSetContext): readonly Controller[] {
  return [
    builtInSetController('DefaultManagedClusterSetController', defaultSet, context),
    builtInSetController('GlobalManagedClusterSetController', globalSet, context),
  ];
}

function builtInSetController(
  name: string,
  builtIn: BuiltInSet,
  { clusterSets, clock, log, settings }: BuiltInSetContext,
): Controller {
  return defineController({
    name,
    watches: [
      clusterSets.cache.events(({ object }) => (object.metadata.name === builtIn.name ? builtIn.name : undefined)),
      every(settings.builtInSetCheckMs, builtIn.name, { clock }),
    ],
    async reconcile(_key, signal) {
      const plan = planBuiltInSet(builtIn, clusterSets.cache.get(builtIn.name));
      switch (plan.kind) {
        case 'keep':
          return done();
        case 'restore':
          await clusterSets.live.patchSpec(plan.present, plan.spec, { signal });
          log.info({ clusterSet: builtIn.name }, 'selector of the cluster set restored');
          return done();
        case 'create':
          await ignoreExisting(clusterSets.live.create(plan.set, { signal }));
          return done();
      }
    },
  });
}

/** The cache lags behind; the event of the object continues the work. */
async function ignoreExisting(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!isKubeError(error, 'exists')) throw error;
  }
}
