import { Placement } from '@ocm/api';
import { type AccessVerdict, type Clock, type KubeClient, reviewAccess } from '@ocm/kube';
import type { Caller } from './caller.ts';
import { Remembered } from './remembered.ts';

/** What callers may do, on the word of the hub (placement 16.1). Both reject when the hub cannot be asked. */
export interface Authorize {
  /** May they send this request at all? Remembered for a while. */
  readonly request: (
    caller: Caller,
    asked: { readonly verb: string; readonly path: string },
    signal: AbortSignal,
  ) => Promise<AccessVerdict>;
  /** May they see (`get`) or try out (`create`) Placements of this namespace? Asked every time. */
  readonly placements: (
    caller: Caller,
    asked: { readonly verb: 'get' | 'create'; readonly namespace: string },
    signal: AbortSignal,
  ) => Promise<AccessVerdict>;
}

const ALLOWED_MS = 35_000;
const DENIED_MS = 10_000;
const ALWAYS_ALLOWED_GROUP = 'system:masters';
/** The monitoring stack of OpenShift may read metrics without a review (placement 17.3). */
const SCRAPER = 'system:serviceaccount:openshift-monitoring:prometheus-k8s';

export function createAuthorize(client: Pick<KubeClient, 'kind'>, clock: Pick<Clock, 'now'>): Authorize {
  const verdicts = new Remembered<AccessVerdict>(clock, ({ allowed }) => (allowed ? ALLOWED_MS : DENIED_MS));
  return {
    async request(caller, { verb, path }, signal) {
      if (isExempt(caller, path, verb)) return { allowed: true, reason: '' };
      const question = JSON.stringify([caller, verb, path]);
      return verdicts.get(question, () =>
        reviewAccess(client, { ...asUser(caller), path: { path, verb } }, { signal }),
      );
    },
    placements(caller, { verb, namespace }, signal) {
      const { group, version, plural } = Placement;
      const resource = { group, version, resource: plural, namespace, verb };
      return reviewAccess(client, { ...asUser(caller), resource }, { signal });
    },
  };
}

function isExempt({ username, groups }: Caller, path: string, verb: string): boolean {
  return groups.includes(ALWAYS_ALLOWED_GROUP) || (username === SCRAPER && path === '/metrics' && verb === 'get');
}

function asUser({ username, ...rest }: Caller): Omit<Caller, 'username'> & { readonly user: string } {
  return { ...rest, user: username };
}
