import type { ClaimSelector, LabelSelector, LabelSelectorRequirement, ManagedCluster } from '@ocm/api';
import { type LabelMatcher, labelReader, type LabelReader, parseLabelSelector } from '@ocm/fleet';

/** A requirement that a cluster does not meet, and what it has instead. */
export interface UnmetRequirement {
  readonly kind: 'label' | 'claim';
  readonly requirement: LabelSelectorRequirement;
  /** `undefined` when the cluster has no such label or claim. */
  readonly actual: string | undefined;
}

/** Labels and claims together; says what does not hold, labels first. */
export type ClusterSelector = (cluster: ManagedCluster) => UnmetRequirement | undefined;

export type ParsedClusterSelector =
  | { readonly kind: 'valid'; readonly firstUnmet: ClusterSelector }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Selectors by label and claim; absent, null and empty ones match every cluster (placement 2.2.2, 5.3). */
export function parseClusterSelector(selector: {
  readonly labelSelector?: LabelSelector | null;
  readonly claimSelector?: ClaimSelector | null;
}): ParsedClusterSelector {
  const byLabel = parseLabelSelector(selector.labelSelector ?? {});
  if (byLabel.kind === 'invalid') return byLabel;
  const byClaim = parseLabelSelector({ matchExpressions: selector.claimSelector?.matchExpressions ?? [] });
  if (byClaim.kind === 'invalid') return byClaim;
  const firstUnmet: ClusterSelector = (cluster) =>
    unmet('label', byLabel.matcher, labelReader(cluster.metadata.labels)) ??
    unmet('claim', byClaim.matcher, claimReader(cluster));
  return { kind: 'valid', firstUnmet };
}

function unmet(kind: UnmetRequirement['kind'], matcher: LabelMatcher, read: LabelReader): UnmetRequirement | undefined {
  const requirement = matcher.firstUnmet(read);
  return requirement === undefined ? undefined : { kind, requirement, actual: read(requirement.key) };
}

/** Of two claims with the same name the last one counts. */
function claimReader({ status }: ManagedCluster): LabelReader {
  return (key) => {
    const claim = status?.clusterClaims?.findLast(({ name }) => name === key);
    return claim === undefined ? undefined : (claim.value ?? '');
  };
}
