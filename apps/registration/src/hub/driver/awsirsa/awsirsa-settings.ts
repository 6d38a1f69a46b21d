import { type EksCluster, parseEksClusterArn } from '@ocm/api';
import { ConfigError } from '@ocm/service';
import { RE2JS, RE2JSException } from 're2js';

/** What the driver is told by flags (registration 10.3, 25). */
export interface AwsirsaSettings {
  readonly hub: EksCluster;
  /** Whether a cluster with this ARN is accepted automatically. */
  readonly isApproved: (arn: string) => boolean;
  /** `key=value`, not checked yet. */
  readonly tags: readonly string[];
}

/** Longer ones do not exist. */
const LONGEST_ARN = 2048;

/**
 * Checks the flags of the driver.
 *
 * @throws ConfigError when the ARN of the hub is missing or malformed, or a pattern is no regular expression
 */
export function awsirsaSettings(flags: {
  readonly hubClusterArn: string | undefined;
  readonly autoApprovedArnPatterns: readonly string[];
  readonly awsResourceTags: readonly string[];
}): AwsirsaSettings {
  const { hubClusterArn = '', autoApprovedArnPatterns, awsResourceTags: tags } = flags;
  const hub = parseEksClusterArn(hubClusterArn);
  if (hub === undefined) {
    throw new ConfigError([
      `--hub-cluster-arn must be arn:aws:eks:<region>:<account>:cluster/<name> for the driver awsirsa, got "${hubClusterArn}"`,
    ]);
  }
  const patterns = autoApprovedArnPatterns.map(compile);
  const isApproved = (arn: string): boolean =>
    arn !== '' && arn.length <= LONGEST_ARN && patterns.some((pattern) => pattern.matches(arn));
  return { hub, isApproved, tags };
}

/** In linear time, and with the syntax of Go: the ARN comes from whoever made the cluster. */
function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    throw new ConfigError([`--auto-approved-arn-patterns: "${pattern}" is no regular expression: ${cause.message}`], {
      cause,
    });
  }
}
