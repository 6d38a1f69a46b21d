import { type Controller, defineController, done, keyOf, refOf, requeueAfter } from '@ocm/kube';
import type { ManagerContext } from '../manager-context.ts';
import { tracedLog } from '../../traced-log.ts';
import { judgeCompleted } from './judge-completed.ts';

/** Deletes works that have been complete for as long as their delete option says (work 14). */
export function completedWorkController({
  works,
  clock,
  log,
}: Pick<ManagerContext, 'works' | 'clock' | 'log'>): Controller {
  return defineController({
    name: 'ManifestWorkGarbageCollectionController', // contract: queue name in metrics
    watches: [works.expiring.events(({ type, object }) => (type === 'deleted' ? undefined : keyOf(object)))],
    async reconcile(key, signal) {
      const work = works.expiring.get(refOf(key));
      if (work === undefined) return done();
      const verdict = judgeCompleted(work, clock.now().getTime());
      switch (verdict.kind) {
        case 'keep':
          return done();
        case 'wait':
          return requeueAfter(verdict.forMs);
        case 'delete': {
          // Only exactly as it was judged: one that has been taken up again since is not complete any more.
          await works.delete(work.metadata, { signal });
          const { namespace: cluster, name } = work.metadata;
          tracedLog(log, work).info(
            { cluster, work: name, completedAt: verdict.completedAt },
            'completed work deleted: its time is over',
          );
          return done();
        }
      }
    },
  });
}
