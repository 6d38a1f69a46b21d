import type { Kind, KubeObject } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import type { WatchScope } from './plan-watches.ts';

interface SelfSubjectAccessReview extends KubeObject {
  readonly spec: { readonly resourceAttributes: Readonly<Record<string, string>> };
  readonly status?: { readonly allowed: boolean };
}

const SelfSubjectAccessReview: Kind<SelfSubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
};

/** Whether the agent may list and watch a scope. */
export async function mayWatch(
  { kind, namespace }: WatchScope,
  spoke: Pick<KubeClient, 'kind'>,
  signal: AbortSignal,
): Promise<boolean> {
  const reviews = spoke.kind(SelfSubjectAccessReview);
  for (const verb of ['list', 'watch']) {
    const resourceAttributes = {
      group: kind.group,
      resource: kind.plural,
      verb,
      ...(namespace === undefined ? {} : { namespace }),
    };
    const { status } = await reviews.create({ metadata: { name: '' }, spec: { resourceAttributes } }, { signal });
    if (status?.allowed !== true) return false;
  }
  return true;
}
