import {
  addOnConditions,
  addOnServiceAccountName,
  type ConditionUpdate,
  credentialKeys,
  findCondition,
  type ManagedClusterAddOn,
  parseTokenInfrastructureUid,
  semanticEqual,
  timestamp,
} from '@ocm/api';
import type { Clock, ObjectEvent } from '@ocm/kube';
import type { CredentialDriver, CredentialRequest, CredentialResult } from '../../credential/credential-driver.ts';
import type { AddOnHub } from '../../registration-driver.ts';
import { judgeToken, readToken } from './judge-token.ts';

export interface TokenContext {
  readonly cluster: string;
  readonly addOn: string;
  readonly addOns: Pick<AddOnHub, 'cache' | 'requestToken'>;
  readonly expirationSeconds: number;
  readonly clock: Pick<Clock, 'now'>;
}

const { tokenInfrastructureReady, tokenRefreshed } = addOnConditions;
const KEY = 'token';

/** A token of the service account that the hub keeps for an add-on of this cluster (registration 10.5). */
export function tokenCredential({ cluster, addOn, addOns, expirationSeconds, clock }: TokenContext): CredentialDriver {
  const infrastructure = (): Infrastructure => infrastructureOf(addOns.cache.get({ namespace: cluster, name: addOn }));

  async function refresh(uid: string, signal: AbortSignal): Promise<CredentialResult> {
    const request = { namespace: cluster, serviceAccount: addOnServiceAccountName(addOn), expirationSeconds };
    try {
      const token = await addOns.requestToken(request, signal);
      const verdict = judgeToken(token, uid, clock.now());
      // Saved, it would be replaced as soon as it is seen, and so for ever without a pause.
      return verdict.kind === 'good' ? issued(token) : failed(`a new one would not do: ${verdict.reason}`);
    } catch (cause) {
      if (signal.aborted) throw cause;
      return failed(cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  function failed(problem: string, cause?: unknown): CredentialResult {
    const condition = { ...tokenRefreshed.failed, message: `Failed to create token: ${problem}` };
    return { kind: 'failed', error: new Error(`no token for the add-on ${addOn}: ${problem}`, { cause }), condition };
  }

  return {
    watches: [
      addOns.cache.events((event) => (event.object.metadata.name === addOn && isNews(event) ? KEY : undefined)),
    ],
    glance(request) {
      const found = infrastructure();
      if (found.kind === 'not-ready') return { kind: 'nothing' };
      return found.kind === 'malformed' || !isComplete(request)
        ? undefined
        : goodToken(request, found.uid, clock.now());
    },
    async process(request, signal) {
      const found = infrastructure();
      if (found.kind === 'not-ready') return { kind: 'nothing' };
      if (found.kind === 'malformed') return { kind: 'failed', error: new Error(found.problem) };
      const good = goodToken(request, found.uid, clock.now());
      if (good === undefined) return refresh(found.uid, signal);
      // The token will do; what belongs beside it does not, after a switch from certificates.
      return isComplete(request) ? good : issued(request.stored[credentialKeys.token] ?? '');
    },
  };
}

/** Its own condition is on the same object: a failure whose words differ each time must not wake it before its time. */
function isNews(event: ObjectEvent<ManagedClusterAddOn>): boolean {
  return event.type !== 'updated' || !semanticEqual(infrastructureOf(event.previous), infrastructureOf(event.object));
}

type Infrastructure =
  | { readonly kind: 'not-ready' }
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'ready'; readonly uid: string };

/** Whether the hub has made the service account, and which one. */
function infrastructureOf(addOn: ManagedClusterAddOn | undefined): Infrastructure {
  const condition = findCondition(addOn?.status?.conditions, tokenInfrastructureReady.type);
  if (condition?.status !== 'True') return { kind: 'not-ready' };
  const uid = parseTokenInfrastructureUid(condition.message);
  if (uid !== undefined) return { kind: 'ready', uid };
  const problem = `condition ${condition.type} of the add-on ${addOn?.metadata.name}: its message "${condition.message}" has no "UID: …)"`;
  return { kind: 'malformed', problem };
}

function goodToken(
  { stored }: CredentialRequest,
  uid: string,
  now: Date,
): Extract<CredentialResult, { kind: 'nothing' }> | undefined {
  const verdict = judgeToken(stored[credentialKeys.token], uid, now);
  if (verdict.kind === 'refresh') return undefined;
  const { expires, refreshInMs } = verdict;
  return { kind: 'nothing', condition: refreshed(expires), expires, lookAgainMs: refreshInMs };
}

function issued(token: string): CredentialResult {
  const expires = readToken(token)?.expires;
  const data = { [credentialKeys.token]: token };
  return expires === undefined ? { kind: 'issued', data } : { kind: 'issued', data, condition: refreshed(expires) };
}

function isComplete({ stored, additional }: CredentialRequest): boolean {
  return Object.keys(additional).every((key) => stored[key] === additional[key]);
}

function refreshed(expires: Date): ConditionUpdate {
  return { ...tokenRefreshed.refreshed, message: `Addon token refreshed, expires at ${timestamp(expires)}` };
}
