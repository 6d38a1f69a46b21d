import { type CertificateSigningRequest, csrAutoApproved, timestamp } from '@ocm/api';
import { type Controller, defineController, done, informer, reviewAccess } from '@ocm/kube';
import { byName, clusterObjectSelector, type HubContext } from '../hub-context.ts';
import { type ApprovalPolicy, type CsrVerdict, isDecided, judgeCsr, renewalReview } from './judge-csr.ts';

type ApprovalContext = Pick<HubContext, 'client' | 'csrKind' | 'clock' | 'log' | 'settings' | 'cacheOptions'>;

/** Approves the renewals of accepted agents, and first requests of listed users. Each policy has a signer of its own. */
export function csrApprovingController(context: ApprovalContext, policies: readonly ApprovalPolicy[]): Controller {
  const { client, csrKind, clock, log, settings, cacheOptions } = context;
  const csrs = client.kind(csrKind);
  const undecided = policies.map((policy) => ({
    policy,
    cache: informer(csrs, {
      ...cacheOptions,
      labelSelector: clusterObjectSelector,
      fieldSelector: `spec.signerName=${policy.signerName}`,
      keep: (csr) => !isDecided(csr),
      resyncMs: settings.resyncMs,
    }),
  }));
  const find = (name: string) =>
    undecided.flatMap(({ policy, cache }) => {
      const csr = cache.get(name);
      return csr === undefined ? [] : [{ policy, csr }];
    })[0];
  return defineController({
    name: 'CSRApprovingController',
    watches: undecided.map(({ cache }) => cache.events(byName)),
    async reconcile(name, signal) {
      const found = find(name);
      if (found === undefined) return done();
      const { csr, policy } = found;
      const verdict = judgeCsr(csr, policy);
      if (verdict.kind === 'malformed')
        log.warn({ csr: name, problem: verdict.problem }, 'certificate request ignored');
      if (verdict.kind === 'approve' || (verdict.kind === 'renewal' && (await mayRenew(client, verdict, signal)))) {
        await csrs.replace(approved(csr, clock.now()), { subresource: 'approval', signal });
        const { cluster, requester } = verdict;
        log.info({ csr: name, cluster, user: requester.username }, 'certificate request approved');
      }
      return done();
    },
  });
}

async function mayRenew(
  client: HubContext['client'],
  { requester }: Extract<CsrVerdict, { kind: 'renewal' }>,
  signal: AbortSignal,
): Promise<boolean> {
  return (await reviewAccess(client, renewalReview(requester), { signal })).allowed;
}

function approved(csr: CertificateSigningRequest, now: Date): CertificateSigningRequest {
  const condition = { ...csrAutoApproved, lastUpdateTime: timestamp(now) };
  return { ...csr, status: { ...csr.status, conditions: [...(csr.status?.conditions ?? []), condition] } };
}
