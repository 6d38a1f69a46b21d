import type { ResourceAttributes, UserInfo } from '@ocm/api';
import { type KubeClient, reviewAccess } from '@ocm/kube';

/** Whether a user may do something. `unknown`: it could not be found out; whoever fails closed treats it as a denial. */
export type RequesterAccess =
  { readonly kind: 'allowed' } | { readonly kind: 'denied' } | { readonly kind: 'unknown'; readonly problem: string };

/** Asks the API server whether the sender of an admission request may do something: name, UID, groups and extra all count. */
export async function reviewRequester(
  client: Pick<KubeClient, 'kind'>,
  { userInfo, resource }: { readonly userInfo: UserInfo; readonly resource: ResourceAttributes },
  signal: AbortSignal,
): Promise<RequesterAccess> {
  const { username = '', ...who } = userInfo;
  try {
    const { allowed } = await reviewAccess(client, { user: username, ...who, resource }, { signal });
    return { kind: allowed ? 'allowed' : 'denied' };
  } catch (error) {
    return { kind: 'unknown', problem: error instanceof Error ? error.message : String(error) };
  }
}
