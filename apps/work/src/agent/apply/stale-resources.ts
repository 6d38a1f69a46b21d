import type { AppliedResource } from '@ocm/api';
import { resourceKey } from '../manifest/resource-id.ts';

/** The recorded resources that no manifest stands for any more; their API version does not matter (work 7.10). */
export function staleResources(
  recorded: readonly AppliedResource[],
  current: readonly AppliedResource[],
): readonly AppliedResource[] {
  const kept = new Set(current.map(resourceKey));
  return recorded.filter((resource) => !kept.has(resourceKey(resource)));
}

/** The order of `status.appliedResources` (work 2.3); of two entries for one resource the first stays. */
export function sortedResources(resources: readonly AppliedResource[]): readonly AppliedResource[] {
  const unique = new Map(
    resources.toReversed().map((resource) => [`${resourceKey(resource)}/${resource.version}`, resource]),
  );
  return [...unique.values()].toSorted(compareResources);
}

function compareResources(a: AppliedResource, b: AppliedResource): number {
  return (
    compareTexts(a.group ?? '', b.group ?? '') ||
    compareTexts(a.version, b.version) ||
    compareTexts(a.resource, b.resource) ||
    compareTexts(a.namespace ?? '', b.namespace ?? '') ||
    compareTexts(a.name, b.name)
  );
}

// By code units, as the Go implementation: the order must not depend on a locale.
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
