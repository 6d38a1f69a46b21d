import type { TypeUse } from './plan-watches.ts';
import type { ScopeMode } from './watched-scope.ts';

/** How many objects of a type are noticed in which way; `limit`: there are not enough watches for all. */
export interface WatchCount {
  /** As `deployments.apps`. */
  readonly resource: string;
  readonly mode: ScopeMode | 'limit';
  readonly objects: number;
}

/** The objects of each type in each mode, for metrics. `modeOf` a type in a namespace is `undefined` when it is not watched. */
export function countWatches(
  types: Iterable<TypeUse>,
  modeOf: (resource: TypeUse['sample'] & { readonly namespace: string }) => ScopeMode | undefined,
): readonly WatchCount[] {
  return [...types].flatMap(({ sample, byNamespace }) => {
    const resource = sample.group === '' ? sample.resource : `${sample.resource}.${sample.group}`;
    const inModes = Map.groupBy(byNamespace, ([namespace]) => modeOf({ ...sample, namespace }) ?? 'limit');
    return [...inModes].map(([mode, uses]) => ({
      resource,
      mode,
      objects: uses.reduce((sum, [, { objects }]) => sum + objects, 0),
    }));
  });
}
