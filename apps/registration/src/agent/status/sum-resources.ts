import { type Node, sumQuantities } from '@ocm/api';

/** Resource name to quantity. */
export type Resources = Readonly<Record<string, string | number>>;

/** A node as far as it counts here; also what the cache keeps of it. */
export type NodeResources = Pick<Node, 'metadata' | 'spec' | 'status'>;

/**
 * What the nodes of a cluster have together (registration 12.1): capacity of all, allocatable of those that take pods. Others may
 * publish further capacity, so names that no node knows are kept; allocatable is replaced as a whole.
 *
 * @throws RangeError when a node reports what is not a quantity
 */
export function sumResources(
  nodes: readonly NodeResources[],
  reportedCapacity: Resources = {},
): { readonly capacity: Resources; readonly allocatable: Resources } {
  const schedulable = nodes.filter((node) => node.spec?.unschedulable !== true);
  return {
    capacity: { ...reportedCapacity, ...totals(nodes.map(({ status }) => status?.capacity ?? {})) },
    allocatable: totals(schedulable.map(({ status }) => status?.allocatable ?? {})),
  };
}

function totals(parts: readonly Resources[]): Resources {
  const names = new Set(parts.flatMap((part) => Object.keys(part)));
  return Object.fromEntries(
    [...names].toSorted().map((name) => [name, sumQuantities(parts.flatMap((part) => part[name] ?? []))]),
  );
}

/** Whether two states of a node give the same sums: nodes report a heartbeat every few minutes and little else changes. */
export function countsTheSame(a: Node, b: Node): boolean {
  return essence(a) === essence(b);
}

const essence = ({ spec, status }: Node): string =>
  JSON.stringify([spec?.unschedulable === true, sorted(status?.capacity), sorted(status?.allocatable)]);

const sorted = (resources: Resources = {}): readonly (readonly [string, string | number])[] =>
  Object.entries(resources).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** A node without labels, annotations, images and conditions: thousands of nodes must fit into a small agent. */
export function slimNode({ metadata, spec, status }: Node): Node {
  const { name, uid, resourceVersion } = metadata;
  return {
    metadata: {
      name,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    ...(spec?.unschedulable === true ? { spec: { unschedulable: true } } : {}),
    status: { capacity: status?.capacity ?? {}, allocatable: status?.allocatable ?? {} },
  };
}
