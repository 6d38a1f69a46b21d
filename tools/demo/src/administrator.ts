import { CertificateSigningRequest, ManagedCluster, ManifestWork } from '@ocm/api';
import { informer, isKubeError, type KubeClient } from '@ocm/kube';
import { helloWork, HELLO_WORK } from './hello-work.ts';

/** What a hub administrator does in the demo, and what can be seen on the hub meanwhile. */
export interface Administrator {
  observe(cluster: string): { readonly cluster: ManagedCluster | undefined; readonly work: ManifestWork | undefined };
  /** Calls back after every change that may be worth showing. */
  onChange(callback: () => void): void;
  /** Accepts the cluster when it has asked to join; true once it is accepted. */
  accept(cluster: string): Promise<boolean>;
  createWork(cluster: string): Promise<void>;
  deleteWork(cluster: string): Promise<void>;
  /** Approves certificate requests as they come, until the signal fires. */
  run(): Promise<void>;
}

/** An administrator who watches the hub through the given connection. */
export function administrator(hub: KubeClient, signal: AbortSignal): Administrator {
  const clusters = informer(hub.kind(ManagedCluster));
  const works = informer(hub.kind(ManifestWork));
  const requests = informer(hub.kind(CertificateSigningRequest), {
    labelSelector: 'open-cluster-management.io/cluster-name',
  });
  return {
    observe: (name) => ({ cluster: clusters.get(name), work: works.get({ namespace: name, name: HELLO_WORK }) }),
    onChange(callback) {
      clusters.subscribe(callback);
      works.subscribe(callback);
    },
    async accept(name) {
      const cluster = clusters.get(name);
      if (cluster === undefined) return false;
      if (cluster.spec?.hubAcceptsClient !== true) {
        await hub.kind(ManagedCluster).patchSpec(cluster, { ...cluster.spec, hubAcceptsClient: true }, { signal });
      }
      return true;
    },
    async createWork(cluster) {
      await hub.kind(ManifestWork).create(helloWork(cluster), { signal });
    },
    async deleteWork(cluster) {
      await hub.kind(ManifestWork).delete({ namespace: cluster, name: HELLO_WORK }, { signal });
    },
    async run() {
      const approvals = new Set<Promise<void>>();
      requests.subscribe((event) => {
        if (event.type === 'deleted') return;
        const approval = approve(hub, event.object, signal).finally(() => approvals.delete(approval));
        approvals.add(approval);
      });
      await Promise.all([clusters.run(signal), works.run(signal), requests.run(signal)]);
      await Promise.all(approvals);
    },
  };
}

async function approve(hub: KubeClient, request: CertificateSigningRequest, signal: AbortSignal): Promise<void> {
  if ((request.status?.conditions ?? []).length > 0) return;
  const approved = {
    type: 'Approved',
    status: 'True',
    reason: 'DemoAdministrator',
    message: 'Approved by the demo',
  } as const;
  const next = { ...request, status: { ...request.status, conditions: [approved] } };
  try {
    await hub.kind(CertificateSigningRequest).replace(next, { signal, subresource: 'approval' });
  } catch (error) {
    // Somebody wrote the request meanwhile; its next event brings it here again.
    if (!signal.aborted && !isKubeError(error, 'conflict', 'not-found')) throw error;
  }
}
