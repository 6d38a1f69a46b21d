import { type Controller, defineController, done } from '@ocm/kube';
import type { JoinedHub } from '../registration-driver.ts';

/** Ends the agent when its hub denies the cluster, so that it looks for another one (registration 17). */
export function hubAcceptController(
  { ownCluster }: Pick<JoinedHub, 'ownCluster'>,
  end: (reason: string) => void,
): Controller {
  return defineController({
    name: 'HubAcceptController',
    watches: [ownCluster.events(({ object }) => object.metadata.name)],
    async reconcile(name) {
      const cluster = ownCluster.get(name);
      if (cluster !== undefined && cluster.spec?.hubAcceptsClient !== true) end('the hub denies the cluster');
      return done();
    },
  });
}
