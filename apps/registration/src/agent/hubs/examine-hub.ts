import { CertificateSigningRequest, ManagedCluster, SelfSubjectAccessReview } from '@ocm/api';
import { connect, type KubeClient, kubeconfigFile } from '@ocm/kube';
import { type AgentContext, connectOptions } from '../agent-context.ts';
import type { HubVerdict } from './choose-hub.ts';

interface Right {
  readonly kind: { readonly group: string; readonly plural: string };
  readonly verb: string;
}

/** What the bootstrap identity has to be allowed to do (registration 17). */
const RIGHTS: readonly Right[] = [
  ...['create', 'get'].map((verb) => ({ kind: ManagedCluster, verb })),
  ...['create', 'get', 'list', 'watch'].map((verb) => ({ kind: CertificateSigningRequest, verb })),
];

/** Whether the agent could register its cluster with the hub of this bootstrap kubeconfig (registration 17). */
export async function examineHub(
  context: AgentContext,
  { path, cluster }: { readonly path: string; readonly cluster: string },
  outer: AbortSignal,
): Promise<HubVerdict> {
  const signal = AbortSignal.any([outer, AbortSignal.timeout(context.intervals.hubExaminationMs)]);
  try {
    await using client = await connect(kubeconfigFile(path), connectOptions(context));
    const missing = await missingRights(client, signal);
    if (missing.length > 0) return unusable(`its user may not ${missing.join(', ')}`);
    const found = await client.kind(ManagedCluster).find(cluster, { signal });
    const mayRegister = found === undefined || found.spec?.hubAcceptsClient === true;
    return mayRegister ? { kind: 'usable' } : unusable(`it does not accept the cluster ${cluster}`);
  } catch (error) {
    outer.throwIfAborted();
    return unusable(error instanceof Error ? error.message : String(error));
  }
}

async function missingRights(client: KubeClient, signal: AbortSignal): Promise<readonly string[]> {
  const reviews = client.kind(SelfSubjectAccessReview);
  const answers = await Promise.all(
    RIGHTS.map(async ({ kind: { group, plural: resource }, verb }) => {
      const spec = { resourceAttributes: { group, resource, verb } };
      const { status } = await reviews.create({ metadata: { name: '' }, spec }, { signal });
      return status?.allowed === true ? [] : [`${verb} ${resource}`];
    }),
  );
  return answers.flat();
}

const unusable = (reason: string): HubVerdict => ({ kind: 'unusable', reason });
