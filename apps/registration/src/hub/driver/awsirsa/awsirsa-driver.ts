import { type EksCluster, parseEksClusterArn } from '@ocm/api';
import type { Clock } from '@ocm/kube';
import type { HubDriver } from '../hub-driver.ts';
import type { AwsAccount } from './aws-account.ts';
import type { AwsirsaSettings } from './awsirsa-settings.ts';
import { type AwsClaim, awsClaimOf, identityFor, resourceTags, roleSuffix } from './cluster-identity.ts';

/** AWS allows few requests per second, and acceptance asks again at each resync. */
const BELIEVED_MS = 6 * 3_600_000;

export interface AwsirsaCollaborators {
  readonly account: AwsAccount;
  readonly clock: Pick<Clock, 'now'>;
}

/** EKS clusters take an IAM role on instead of holding a certificate (registration 10.3). */
export function awsirsaDriver(
  { hub, isApproved, tags }: AwsirsaSettings,
  { account, clock }: AwsirsaCollaborators,
): HubDriver {
  // Which identity a cluster was seen to have. To forget it costs requests, no more.
  const seen = new Map<string, { readonly suffix: string; readonly untilMs: number }>();
  return {
    name: 'awsirsa',
    accepts(cluster) {
      const { arn, suffix } = awsClaimOf(cluster);
      const isOfAws = arn !== undefined || suffix !== undefined;
      return !isOfAws || isApproved(arn ?? '');
    },
    async grant(cluster, { signal }) {
      const { name } = cluster.metadata;
      const identity = identityFor(hub, { name, claim: awsClaimOf(cluster) });
      if (identity === undefined) return;
      const nowMs = clock.now().getTime();
      const { suffix } = identity;
      const known = seen.get(name);
      if (known?.suffix === suffix && nowMs < known.untilMs) return;
      await naming(`AWS identity of cluster ${name} is not created`, () =>
        account.createIdentity(identity, { tags: resourceTags(tags), signal }),
      );
      seen.set(name, { suffix, untilMs: nowMs + BELIEVED_MS });
    },
    async revoke(cluster, { signal }) {
      const { name } = cluster.metadata;
      seen.delete(name);
      const suffix = givenSuffix(hub, awsClaimOf(cluster));
      if (suffix === undefined) return;
      await naming(`AWS identity of cluster ${name} is not deleted`, () =>
        account.deleteIdentity({ suffix, cluster: name }, { signal }),
      );
    },
    controllers: () => [],
  };
}

const SUFFIX = /^[0-9a-f]{32}$/;

/** The suffix under which something may have been created for a cluster: one annotation is enough to tell. */
function givenSuffix(hub: EksCluster, { arn, suffix }: AwsClaim): string | undefined {
  if (suffix !== undefined) return SUFFIX.test(suffix) ? suffix : undefined;
  const managed = arn === undefined ? undefined : parseEksClusterArn(arn);
  return managed === undefined ? undefined : roleSuffix(hub, managed);
}

async function naming(what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    throw new Error(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
