import type { ManagedClusterAddOn } from '@ocm/api';
import {
  type Controller,
  defineController,
  done,
  isKubeError,
  type Logger,
  type Outcome,
  requeueAfter,
} from '@ocm/kube';
import type { AgentIntervals } from '../intervals.ts';
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
  readonly intervals: Pick<AgentIntervals, 'addOnResyncMs'>;
  readonly log: Logger;
}

/** Keeps a credential for each registration of each add-on of the cluster (registration 18.2). */
export function addOnRegistrationController(context: AddOnRegistrationContext): Controller {
  const { addOns, cluster, auth, runs, deleteSecret, intervals, log } = context;

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

  /** No secret is deleted on the word of a cache, unless the hub does not tell: when a cluster is deleted, the right to look goes first. */
  async function readAgain(cached: ManagedClusterAddOn | undefined, name: string, signal: AbortSignal) {
    try {
      return await addOns.live.find({ namespace: cluster, name }, { signal });
    } catch (error) {
      if (!isKubeError(error, 'forbidden')) throw error;
      return cached;
    }
  }

  /** Nothing needs the resync to be right; of an add-on that is gone nothing is left to look at. */
  const lookAgain = (addOn: ManagedClusterAddOn | undefined): Outcome =>
    addOn === undefined ? done() : requeueAfter(intervals.addOnResyncMs);

  const wantedBy = (addOn: ManagedClusterAddOn | undefined): readonly AddOnCredential[] =>
    addOn === undefined ? [] : credentialsOf(addOn, auth, cluster);

  return defineController({
    name: 'AddOnRegistrationController',
    watches: [addOns.cache.events(({ object }) => object.metadata.name)],
    async reconcile(name, signal) {
      const cached = addOns.cache.get({ namespace: cluster, name });
      // The agent of an add-on that is deleted still has to clean up, with its credential.
      if (cached?.metadata.deletionTimestamp !== undefined) return lookAgain(cached);
      const status = cached === undefined ? undefined : declareDriver(cached, auth, cluster);
      if (cached !== undefined && status !== undefined) {
        await addOns.live.patchStatus(cached, status, { signal });
        return lookAgain(cached); // its echo goes on
      }
      const { stop } = planCredentials(runs.of(name), wantedBy(cached));
      const addOn = stop.length === 0 ? cached : await readAgain(cached, name, signal);
      if (addOn?.metadata.deletionTimestamp === undefined) await settle(name, wantedBy(addOn), signal);
      return lookAgain(addOn);
    },
  });
}
