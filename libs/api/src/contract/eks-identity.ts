/** An EKS cluster, as its ARN names it. */
export interface EksCluster {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  readonly name: string;
}

/**
 * Reads `arn:aws:eks:<region>:<account>:cluster/<name>` (registration 10.3).
 *
 * @returns `undefined` when the text is not the ARN of a cluster
 */
export function parseEksClusterArn(arn: string): EksCluster | undefined {
  const { region, account, name } = EKS_CLUSTER_ARN.exec(arn)?.groups ?? {};
  return region && account && name ? { region, account, name } : undefined;
}

const EKS_CLUSTER_ARN = /^arn:[^:]+:eks:(?<region>[^:/]+):(?<account>[^:/]+):cluster\/(?<name>[^:/]+)$/;

/** What the suffix of the roles of a managed cluster is the hex MD5 of (registration 10.3). */
export function eksRoleSuffixSource(hub: EksCluster, managed: EksCluster): string {
  return [hub.account, hub.name, managed.account, managed.name].join('#');
}

/** Role in the account of the hub, which the agent of a managed cluster takes on to reach the hub. */
export function eksHubRoleName(suffix: string): string {
  return `ocm-hub-${suffix}`;
}

/** Role in the account of the managed cluster, which its agent runs as. */
export function eksManagedRoleName(suffix: string): string {
  return `ocm-managed-cluster-${suffix}`;
}

/** ARN of a role. */
export function iamRoleArn(account: string, role: string): string {
  return `arn:aws:iam::${account}:role/${role}`;
}
