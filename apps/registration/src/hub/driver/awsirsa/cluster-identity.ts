import { createHash } from 'node:crypto';
import {
  annotations,
  eksManagedRoleName,
  type EksCluster,
  eksRoleSuffixSource,
  iamRoleArn,
  type ManagedCluster,
  parseEksClusterArn,
} from '@ocm/api';

/** Who a cluster is in AWS, as it says itself by its annotations; both are missing when it has nothing to do with AWS. */
export interface AwsClaim {
  readonly arn: string | undefined;
  readonly suffix: string | undefined;
}

export function awsClaimOf({ metadata }: ManagedCluster): AwsClaim {
  return {
    arn: metadata.annotations?.[annotations.managedClusterArn],
    suffix: metadata.annotations?.[annotations.managedClusterIamRoleSuffix],
  };
}

/** What the hub gives an EKS cluster: a role to take on, and what that role may do. */
export interface ClusterIdentity {
  readonly suffix: string;
  readonly managed: EksCluster;
  /** User name in Kubernetes. */
  readonly cluster: string;
  /** Group in Kubernetes. */
  readonly group: string;
}

/**
 * The identity to give to a cluster on its claim; `undefined` when the claim is not complete, so that it is none of our business.
 *
 * @throws Error when the cluster joined another hub, or its ARN is malformed
 */
export function identityFor(
  hub: EksCluster,
  { name, claim }: { readonly name: string; readonly claim: AwsClaim },
): ClusterIdentity | undefined {
  const { arn, suffix } = claim;
  if (arn === undefined || suffix === undefined) return undefined;
  const managed = parseEksClusterArn(arn);
  if (managed === undefined)
    throw new Error(`the ARN "${arn}" of ManagedCluster ${name} is not that of an EKS cluster`);
  if (roleSuffix(hub, managed) !== suffix) {
    // Contract text (registration 10.3).
    throw new Error(
      `HubClusterARN provided during join by ManagedCluster ${name} is different from the current hub cluster`,
    );
  }
  return { suffix, managed, cluster: name, group: `open-cluster-management:${name}` };
}

export function roleSuffix(hub: EksCluster, managed: EksCluster): string {
  return createHash('md5').update(eksRoleSuffixSource(hub, managed)).digest('hex');
}

/** Who may take the role on the hub on: the agent of exactly this cluster, for exactly this hub. */
export function trustPolicy(hub: EksCluster, { managed, suffix }: Pick<ClusterIdentity, 'managed' | 'suffix'>): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: iamRoleArn(managed.account, eksManagedRoleName(suffix)) },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: {
            'aws:PrincipalTag/hub_cluster_account_id': hub.account,
            'aws:PrincipalTag/hub_cluster_name': hub.name,
            'aws:PrincipalTag/managed_cluster_account_id': managed.account,
            'aws:PrincipalTag/managed_cluster_name': managed.name,
          },
        },
      },
    ],
  };
}

/**
 * The tags of AWS objects, from `key=value`.
 *
 * @throws Error that names the item that has not exactly one `=`
 */
export function resourceTags(items: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    items.map((item) => {
      const [key, value, ...rest] = item.split('=');
      if (!key || value === undefined || rest.length > 0) {
        throw new Error(`--aws-resource-tags: "${item}" must be key=value with exactly one "="`);
      }
      return [key, value] as const;
    }),
  );
}
