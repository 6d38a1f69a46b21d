import type { ConditionUpdate, Secret } from '@ocm/api';
import {
  asError,
  type Controller,
  defineController,
  done,
  type Logger,
  type Outcome,
  requeueAfter,
  type Resource,
  retry,
  type WatchSource,
} from '@ocm/kube';
import type { Files } from '../hub-files/hub-directory.ts';
import type { CredentialDriver, CredentialResult } from './credential-driver.ts';
import { decodeSecret, planSecret } from './plan-secret.ts';

export interface CredentialContext {
  /** Queue name: `BootstrapController@cluster:<c>` or `RegisterController@cluster:<c>` for the cluster's own credential. */
  readonly name: string;
  readonly driver: CredentialDriver;
  readonly secrets: Pick<Resource<Secret>, 'find' | 'create' | 'replace'>;
  readonly secret: { readonly namespace: string; readonly name: string };
  /** The secret as the cache has it. */
  readonly cached: () => Secret | undefined;
  /** What the secret must hold beside the credential. */
  readonly additional: Files;
  /** Changes of the secret, and the resync. */
  readonly watches: readonly WatchSource[];
  /** Where conditions of the credential go; nowhere during bootstrap. */
  readonly report: (condition: ConditionUpdate, signal: AbortSignal) => Promise<void>;
  /** Told what came of each look. */
  readonly observe?: (result: CredentialResult) => void;
  readonly log: Logger;
}

type Finished = Extract<CredentialResult, { kind: 'issued' }>;

/** Keeps the credential in one secret issued, complete and renewed (registration 6.2). */
export function credentialController(context: CredentialContext): Controller {
  const { name, driver, secrets, secret, cached, additional, report, log } = context;
  // What is issued but not saved: asking again would make a second certificate, so saving is what is retried.
  let unsaved: Finished | undefined;

  async function save(finished: Finished, live: Secret | undefined, signal: AbortSignal): Promise<void> {
    unsaved = finished;
    const plan = planSecret(live, { ...finished.data, ...additional }, secret);
    if (plan.kind === 'create') await secrets.create(plan.secret, { signal });
    if (plan.kind === 'replace') await secrets.replace(plan.secret, { signal });
    unsaved = undefined;
    if (plan.kind !== 'keep') log.info({ secret: secret.name }, 'credential saved');
  }

  async function answer(result: CredentialResult, signal: AbortSignal): Promise<Outcome> {
    const { condition } = result;
    context.observe?.(result);
    if (result.kind === 'nothing' && condition?.status === 'False') {
      log.warn({ secret: secret.name, problem: condition.message }, 'credential is not renewed');
    }
    const reporting = condition === undefined ? [] : await report(condition, signal).then(() => [], asFailures);
    const failure = joined([...(result.kind === 'failed' ? [result.error] : []), ...reporting]);
    if (failure !== undefined) return retry(failure);
    return result.kind === 'nothing' && result.lookAgainMs !== undefined ? requeueAfter(result.lookAgainMs) : done();
  }

  return defineController({
    name,
    watches: [...context.watches, ...driver.watches],
    workers: 1, // every key means this one secret, and the driver remembers a pending request
    async reconcile(_key, signal) {
      const settled = driver.glance({ stored: decodeSecret(cached()), additional });
      if (unsaved === undefined && settled !== undefined) return answer(settled, signal);
      // A certificate is not asked for on the word of a cache.
      const live = await secrets.find(secret, { signal });
      const result = unsaved ?? (await driver.process({ stored: decodeSecret(live), additional }, signal));
      if (result.kind === 'issued') await save(result, live, signal);
      return answer(result, signal);
    },
  });
}

const asFailures = (error: unknown): readonly Error[] => [asError(error)];

function joined(failures: readonly Error[]): Error | undefined {
  if (failures.length < 2) return failures[0];
  return new AggregateError(failures, failures.map(({ message }) => message).join('; '));
}
