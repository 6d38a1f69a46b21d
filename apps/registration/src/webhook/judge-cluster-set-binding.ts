import { type ManagedClusterSetBinding, virtualResources } from '@ocm/api';
import type { Judgement } from './judgement.ts';

/** Whether a ManagedClusterSetBinding may be created (`previous` absent) or updated like this (registration 22.3). */
export function judgeClusterSetBinding(
  { metadata: { name }, spec }: ManagedClusterSetBinding,
  previous: ManagedClusterSetBinding | undefined,
  { user }: { readonly user: string },
): Judgement {
  if (spec?.clusterSet !== name) {
    const message = 'The ManagedClusterSetBinding must have the same name as the target ManagedClusterSet';
    return { kind: 'refuse', code: 400, message };
  }
  if (previous !== undefined) return { kind: 'ask', questions: [] };
  const resource = { ...virtualResources.bindClusterSet, name };
  const refusal = `user "${user}" is not allowed to bind cluster set "${name}"`;
  return { kind: 'ask', questions: [{ kind: 'requester-may', resource, refusal }] };
}
