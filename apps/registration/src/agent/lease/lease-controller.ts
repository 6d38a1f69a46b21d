import { type Controller, defineController, done } from '@ocm/kube';
import type { JoinedHub } from '../registration-driver.ts';
import type { LeaseRenewal } from './lease-renewal.ts';
import { leaseTarget } from './lease-target.ts';

/** Decides whether and how often the lease of the cluster is renewed (registration 11.1). */
export function leaseController({ ownCluster }: Pick<JoinedHub, 'ownCluster'>, renewal: LeaseRenewal): Controller {
  return defineController({
    name: 'ManagedClusterLeaseController',
    watches: [ownCluster.events(({ object }) => object.metadata.name)],
    async reconcile(name) {
      const cluster = ownCluster.get(name);
      renewal.aim(cluster === undefined ? undefined : leaseTarget(cluster));
      return done();
    },
  });
}
