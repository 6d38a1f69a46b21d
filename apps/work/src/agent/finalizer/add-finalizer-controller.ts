import { finalizers, hasFinalizer, isDeleting, withFinalizer } from '@ocm/api';
import { type Controller, defineController, done } from '@ocm/kube';
import type { WorkAgentContext } from '../context.ts';

/** Adds the work finalizer (work 6). Nothing is applied before it is there, so that whatever is applied will be cleaned up. */
export function addFinalizerController({ source }: Pick<WorkAgentContext, 'source'>): Controller {
  return defineController({
    name: 'ManifestWorkAddFinalizerController',
    watches: [source.events(({ object }) => object.metadata.name)],
    async reconcile(name, signal) {
      const work = source.get(name);
      if (work === undefined || isDeleting(work) || hasFinalizer(work, finalizers.work)) return done();
      await source.patchFinalizers(work, withFinalizer(work.metadata.finalizers, finalizers.work), { signal });
      return done();
    },
  });
}
