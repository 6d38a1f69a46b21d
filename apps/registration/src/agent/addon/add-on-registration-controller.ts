import type { ManagedClusterAddOn } from '@ocm/api';
import { type Controller, defineController, done, type Logger } from '@ocm/kube';
import type { AddOnHub } from '../registration-driver.ts';
import { type AddOnCredential, credentialsOf, declareDriver, type KubeClientAuth } from './add-on-registrations.ts';
import type { CredentialRuns } from './credential-runs.ts';
import { planCredentials } from './plan-credentials.ts';

export interface AddOnRegistrationContext {
  readonly addOns: Pick<AddOnHub, 'live' | 'cache'>;
  readonly cluster: string;
  readonly auth: KubeClientAuth;
  readonly runs: CredentialRuns;
  /** Deletes a secret that may be gone already. */
  readonly deleteSecret: (credential: AddOnCredential, signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
}

/** Keeps a credential for each registration of each add-on of the cluster (registration 18.2). */
export function addOnRegistrationController(context: AddOnRegistrationContext): Controller {
  const { addOns, cluster, auth, runs, deleteSecret, log } = context;

  async function settle(addOn: string, wanted: readonly AddOnCredential[], signal: AbortSignal): Promise<void> {
    const { stop, start } = planCredentials(runs.of(addOn), wanted);
    for (const credential of stop) {
      await runs.stop(credential);
      await deleteSecret(credential, signal);
      runs.forget(credential);
      log.info({ addon: addOn, secret: credential.secret.name }, 'credential of the add-on withdrawn');
    }
    for (const credential of start) runs.start(credential);
  }

  const wantedBy = (addOn: ManagedClusterAddOn | undefined): readonly AddOnCredential[] =>
    addOn === undefined ? [] : credentialsOf(addOn, auth, cluster);

  return defineController({
    name: 'AddOnRegistrationController',
    watches: [addOns.cache.events(({ object }) => object.metadata.name)],
    async reconcile(name, signal) {
      const ref = { namespace: cluster, name };
      const cached = addOns.cache.get(ref);
      // The agent of an add-on that is deleted still has to clean up, with its credential.
      if (cached?.metadata.deletionTimestamp !== undefined) return done();
      const status = cached === undefined ? undefined : declareDriver(cached, auth, cluster);
      if (cached !== undefined && status !== undefined) {
        await addOns.live.patchStatus(cached, status, { signal });
        return done(); // its echo goes on
      }
      const { stop } = planCredentials(runs.of(name), wantedBy(cached));
      // No secret is deleted on the word of a cache.
      const addOn = stop.length === 0 ? cached : await addOns.live.find(ref, { signal });
      if (addOn?.metadata.deletionTimestamp !== undefined) return done();
      await settle(name, wantedBy(addOn), signal);
      return done();
    },
  });
}
