import {
  type CertificateSigningRequest,
  clusterConditions,
  clusterLeaseName,
  findCondition,
  labels,
  type Lease,
  type ManagedCluster,
  setCondition,
} from '@ocm/api';
import {
  type AnyInformer,
  type Controller,
  defineController,
  done,
  type Informer,
  informer,
  type ObjectEvent,
  requeueAfter,
} from '@ocm/kube';
import type { ApprovalPolicy, Requester } from '../csr/judge-csr.ts';
import { byClusterLabel, byNameWhenChanged, clusterObjectSelector, type HubContext } from '../hub-context.ts';
import { applicantOf, mayBeOwn } from './applicant.ts';
import { judgeConnection } from './judge-connection.ts';

type ConnectionContext = Pick<
  HubContext,
  'client' | 'csrKind' | 'clusters' | 'leases' | 'clock' | 'settings' | 'cacheOptions'
>;

/**
 * Says of each cluster that is not available what keeps its agent away, in the condition ConnectionDiagnosed.
 *
 * @param policies that tell who is behind a request
 */
export function connectionController(context: ConnectionContext, policies: readonly ApprovalPolicy[]): Controller {
  const { client, csrKind, clusters, leases, clock, settings, cacheOptions } = context;
  const requests: Informer<CertificateSigningRequest, 'cluster'> & AnyInformer = informer(client.kind(csrKind), {
    ...cacheOptions,
    labelSelector: clusterObjectSelector,
    // To read a request takes a while, and what it asks for never changes.
    keep: (csr) => requests.get(csr.metadata.name)?.metadata.uid === csr.metadata.uid || mayBeOwn(csr, policies),
    transform: (csr) => onlyOutcome(csr, applicantOf(csr, policies)),
    indexes: { cluster: ({ metadata }) => [metadata.labels?.[labels.clusterName] ?? ''] },
  });
  const isAvailable = (name: string): boolean =>
    statusOf(clusters.cache.get(name), clusterConditions.available.type) === 'True';
  return defineController({
    name: 'ConnectionDiagnosisController',
    // Nobody waits for a diagnosis; it must not compete with the set-up of clusters.
    workers: 2,
    watches: [
      clusters.cache.events(byNameWhenChanged(whatDecides)),
      requests.events(byClusterLabel),
      // The heartbeats of a healthy fleet cost nothing here.
      leases.cache.events(({ object }: ObjectEvent<Lease>) => {
        const { namespace } = object.metadata;
        return namespace === undefined || isAvailable(namespace) ? undefined : namespace;
      }),
    ],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      if (cluster === undefined) return done();
      const now = clock.now();
      const verdict = judgeConnection({
        cluster,
        lease: leases.cache.get({ namespace: name, name: clusterLeaseName }),
        request: latest(requests.by('cluster', name)),
        now,
        patienceMs: settings.joinPatienceMs,
        undecided: clusters.cache.by('undecided', '').length,
      });
      if (verdict.kind === 'wait') return requeueAfter(verdict.forMs);
      if (verdict.kind === 'keep') return done();
      const conditions = setCondition(cluster.status?.conditions, verdict.condition, now);
      await clusters.live.patchStatus(cluster, { ...cluster.status, conditions }, { signal });
      return done();
    },
  });
}

function whatDecides({ metadata, spec, status }: ManagedCluster): unknown {
  return { uid: metadata.uid, accepts: spec?.hubAcceptsClient, conditions: status?.conditions };
}

function statusOf(cluster: ManagedCluster | undefined, type: string): string | undefined {
  return findCondition(cluster?.status?.conditions, type)?.status;
}

function latest(requests: readonly CertificateSigningRequest[]): CertificateSigningRequest | undefined {
  return requests.toSorted((a, b) => createdAt(b) - createdAt(a))[0];
}

function createdAt({ metadata }: CertificateSigningRequest): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0;
}

/** Requests and certificates are the bulk of it, and neither is read here. */
function onlyOutcome(
  { metadata, spec, status }: CertificateSigningRequest,
  { username }: Requester,
): CertificateSigningRequest {
  const { conditions, certificate } = status ?? {};
  return {
    metadata,
    spec: { signerName: spec.signerName, request: '', ...(username === undefined ? {} : { username }) },
    status: {
      ...(conditions === undefined ? {} : { conditions }),
      ...(certificate === undefined ? {} : { certificate: '' }),
    },
  };
}
