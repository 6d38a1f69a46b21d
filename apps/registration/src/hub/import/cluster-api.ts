import { annotations, type Kind, type KubeObject, type ManagedCluster, Secret } from '@ocm/api';
import { currentContext, type Informer, type KubeClient, parseKubeconfig } from '@ocm/kube';

/** cluster.x-k8s.io/v1beta1 Cluster of Cluster API, as far as the importer looks at it. */
export interface CapiCluster extends KubeObject {
  readonly status?: { readonly phase?: string };
}

export const CapiCluster: Kind<CapiCluster> = {
  group: 'cluster.x-k8s.io',
  version: 'v1beta1',
  kind: 'Cluster',
  plural: 'clusters',
  namespaced: true,
};

/** How the API server of a cluster is reached. */
export type Access =
  | { readonly kind: 'kubeconfig'; readonly text: string }
  | { readonly kind: 'no-access'; readonly problem: string }
  | { readonly kind: 'access-failed'; readonly error: Error; readonly retryAfterMs?: number };

const SECRET_RETRY_MS = 60_000;

/** The Cluster API cluster behind a ManagedCluster, as `namespace/name`. */
export function capiKeyOf({ metadata: { name, annotations: given } }: ManagedCluster): string {
  return given?.[annotations.capiCluster] || `${name}/${name}`;
}

/** The kubeconfig that Cluster API keeps for a cluster that it has provisioned. */
export async function capiAccess(
  { client, capiClusters }: { readonly client: KubeClient; readonly capiClusters: Pick<Informer<CapiCluster>, 'get'> },
  key: string,
  signal: AbortSignal,
): Promise<Access> {
  const phase = capiClusters.get(key)?.status?.phase ?? 'unknown';
  if (phase !== 'Provisioned') {
    return {
      kind: 'no-access',
      problem: `Cluster API cluster ${key} is not provisioned yet; its phase is "${phase}".`,
    };
  }
  const [namespace = '', name = ''] = key.split('/');
  const ref = { namespace, name: `${name}-kubeconfig` };
  const secret = await client.kind(Secret).find(ref, { signal });
  if (secret !== undefined) return accessBy(secret);
  const error = new Error(`secret ${namespace}/${ref.name} does not exist`);
  return { kind: 'access-failed', error, retryAfterMs: SECRET_RETRY_MS };
}

function accessBy({ metadata: { namespace, name }, data }: Secret): Access {
  const text = Buffer.from(data?.['value'] ?? '', 'base64').toString('utf8');
  const problem = text === '' ? 'is missing' : kubeconfigProblem(text);
  if (problem === undefined) return { kind: 'kubeconfig', text };
  return { kind: 'access-failed', error: new Error(`key "value" of secret ${namespace}/${name}: ${problem}`) };
}

/** What keeps a kubeconfig from being used: it comes from a cluster's owner, and must not run programs or read files of this process. */
export function kubeconfigProblem(text: string): string | undefined {
  try {
    const { cluster, user } = currentContext(parseKubeconfig(text));
    const { exec, authProvider, clientCertificate, clientKey, tokenFile } = user;
    if (exec !== undefined || authProvider !== undefined) return 'programs and auth providers are not allowed';
    const files = [cluster.certificateAuthority, clientCertificate, clientKey, tokenFile];
    return files.some((file) => file !== undefined) ? 'credentials must be inline, not in files' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
