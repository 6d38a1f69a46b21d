import { Secret } from '@ocm/api';
import { type Controller, every } from '@ocm/kube';
import { credentialController, type CredentialContext } from '../credential/credential-controller.ts';
import type { Agent } from './agent.ts';

/** The credential controller of the cluster itself; add-ons have controllers of the same kind for their secrets. */
export function hubCredentialController(
  { context, management, hubSecret, additional, driver, journal }: Agent,
  specific: Pick<CredentialContext, 'name' | 'driver' | 'report'>,
): Controller {
  const { settings, namespace, intervals, clock, log } = context;
  const secret = { namespace, name: settings.hubSecret };
  return credentialController({
    ...specific,
    secrets: management.kind(Secret),
    secret,
    cached: () => hubSecret.get(secret),
    additional: { ...additional, ...driver.additionalData },
    watches: [
      hubSecret.events(({ object }) => object.metadata.name),
      every(intervals.credentialResyncMs, settings.hubSecret, { clock }),
    ],
    observe: (result) => journal.noteCredential(result),
    log,
  });
}
