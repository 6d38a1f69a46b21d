import { createHash } from 'node:crypto';
import { type EksCluster, eksRoleSuffixSource, parseEksClusterArn } from '@ocm/api';
import { ConfigError } from '@ocm/service';

/** Who the managed cluster is in AWS, and which hub it joins. */
export interface AwsIdentity {
  readonly hub: EksCluster;
  readonly managedArn: string;
  /** Of the roles of this pair of clusters. */
  readonly suffix: string;
}

/**
 * Reads the flags of the driver (registration 10.3). The suffix may be left out, as it follows from the ARNs.
 *
 * @throws ConfigError when an ARN is missing or malformed, or the suffix is that of another pair of clusters, which the hub would refuse
 */
export function awsIdentity(flags: {
  readonly hubClusterArn: string | undefined;
  readonly managedClusterArn: string | undefined;
  readonly managedClusterRoleSuffix: string | undefined;
}): AwsIdentity {
  const hub = clusterOf('--hub-cluster-arn', flags.hubClusterArn);
  const managed = clusterOf('--managed-cluster-arn', flags.managedClusterArn);
  const suffix = createHash('md5').update(eksRoleSuffixSource(hub, managed)).digest('hex');
  const { managedClusterArn: managedArn = '', managedClusterRoleSuffix: given = suffix } = flags;
  if (given !== suffix) {
    throw new ConfigError([`--managed-cluster-role-suffix must be "${suffix}" for these two clusters, got "${given}"`]);
  }
  return { hub, managedArn, suffix };
}

function clusterOf(flag: string, arn = ''): EksCluster {
  const cluster = parseEksClusterArn(arn);
  if (cluster !== undefined) return cluster;
  const form = 'arn:aws:eks:<region>:<account>:cluster/<name>';
  throw new ConfigError([`${flag} must be ${form} with --registration-auth=awsirsa, got "${arn}"`]);
}
