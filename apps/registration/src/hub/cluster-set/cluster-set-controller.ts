import { isDeleting, type ManagedClusterSet, setCondition } from '@ocm/api';
import { isMember } from '@ocm/fleet';
import { type Controller, defineController, done } from '@ocm/kube';
import { byNameWhenChanged, type HubContext } from '../hub-context.ts';
import { judgeClusterSet } from './judge-cluster-set.ts';
import { membershipReader } from './memberships.ts';
import { setsTouched } from './sets-touched.ts';
import { throttled } from './throttled.ts';

type ClusterSetContext = Pick<HubContext, 'clusters' | 'clusterSets' | 'clock' | 'log' | 'settings'>;

/** Says in the status of each set how many members it has. */
export function clusterSetController(context: ClusterSetContext): Controller {
  const { clusters, clusterSets, clock, log, settings } = context;
  const membershipOf = membershipReader();
  const joinsAndLeaves = clusters.cache.events((event) => setsTouched(event, clusterSets.cache.list(), membershipOf));
  return defineController({
    name: 'managed-clusterset-controller',
    watches: [
      clusterSets.cache.events(byNameWhenChanged(whatDecides)),
      throttled(joinsAndLeaves, { intervalMs: settings.setCountIntervalMs, clock }),
    ],
    async reconcile(name, signal) {
      const set = clusterSets.cache.get(name);
      if (set === undefined || isDeleting(set)) return done();
      const membership = membershipOf(set);
      if (membership.kind === 'broken') {
        // Nothing to retry: only a change of the set can mend it.
        log.warn({ clusterSet: name, problem: membership.problem }, 'selector of the cluster set is invalid');
        return done();
      }
      const members =
        membership.kind === 'exclusive'
          ? clusters.cache.by('clusterSet', name).length
          : clusters.cache.list().filter(({ metadata }) => isMember(membership, metadata.labels)).length;
      const conditions = setCondition(set.status?.conditions, judgeClusterSet(members), clock.now());
      await clusterSets.live.patchStatus(set, { ...set.status, conditions }, { signal });
      return done();
    },
  });
}

function whatDecides({ metadata, spec, status }: ManagedClusterSet): unknown {
  return { uid: metadata.uid, selector: spec?.clusterSelector, conditions: status?.conditions };
}
