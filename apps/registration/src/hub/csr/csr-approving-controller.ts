import { type CertificateSigningRequest, csrAutoApproved, timestamp } from '@ocm/api';
import { type Controller, defineController, done, informer, reviewAccess } from '@ocm/kube';
import { byName, clusterObjectSelector, type HubContext } from '../hub-context.ts';
import { type ApprovalPolicy, isDecided, judgeCsr, renewalReview } from './judge-csr.ts';

type ApprovalContext = Pick<HubContext, 'client' | 'csrKind' | 'clock' | 'log' | 'settings' | 'cacheOptions'>;

/** Approves the renewals of accepted agents, and first requests of listed users. */
export function csrApprovingController(context: ApprovalContext, policy: ApprovalPolicy): Controller {
  const { client, csrKind, clock, log, settings, cacheOptions } = context;
  const csrs = client.kind(csrKind);
  const undecided = informer(csrs, {
    ...cacheOptions,
    labelSelector: clusterObjectSelector,
    fieldSelector: `spec.signerName=${policy.signerName}`,
    keep: (csr) => !isDecided(csr),
    resyncMs: settings.resyncMs,
  });
  return defineController({
    name: 'CSRApprovingController',
    watches: [undecided.events(byName)],
    async reconcile(name, signal) {
      const csr = undecided.get(name);
      if (csr === undefined) return done();
      const verdict = judgeCsr(csr, policy);
      if (verdict.kind === 'malformed')
        log.warn({ csr: name, problem: verdict.problem }, 'certificate request ignored');
      if (verdict.kind === 'approve' || (verdict.kind === 'renewal' && (await mayRenew(client, csr, signal)))) {
        await csrs.replace(approved(csr, clock.now()), { subresource: 'approval', signal });
        log.info({ csr: name, cluster: verdict.cluster, user: csr.spec.username }, 'certificate request approved');
      }
      return done();
    },
  });
}

async function mayRenew(
  client: HubContext['client'],
  csr: CertificateSigningRequest,
  signal: AbortSignal,
): Promise<boolean> {
  return (await reviewAccess(client, renewalReview(csr), { signal })).allowed;
}

function approved(csr: CertificateSigningRequest, now: Date): CertificateSigningRequest {
  const condition = { ...csrAutoApproved, lastUpdateTime: timestamp(now) };
  return { ...csr, status: { ...csr.status, conditions: [...(csr.status?.conditions ?? []), condition] } };
}
