import type { PlacementSpec } from '@ocm/api';
import type { Turns } from '../turns.ts';
import type { CompileCel } from './cel-expression.ts';
import { type Measure, unmeasured } from './measure.ts';
import { compilePredicates, type Predicates } from './predicates.ts';
import { checkTolerations, type Tolerations } from './tolerations.ts';
import type { Misconfiguration } from './verdict.ts';
import { resolveWeights, type Weights } from './weights.ts';

/**
 * Everything that follows from the spec alone, so that it is worked out once for each generation. A part that cannot be used is reported when
 * scheduling comes to it, which for the filters is not before there is a cluster to test (Q1).
 */
export interface CompiledSpec {
  readonly predicates: Predicates | Misconfiguration;
  readonly tolerations: Tolerations | Misconfiguration;
  readonly weights: Weights | Misconfiguration;
  /** `undefined` for all; never negative (Q3). */
  readonly numberOfClusters: number | undefined;
}

export function compileSpec(spec: PlacementSpec, compileCel: CompileCel, measure: Measure = unmeasured): CompiledSpec {
  const { numberOfClusters } = spec;
  return {
    predicates: compilePredicates(spec.predicates, compileCel, measure),
    tolerations: checkTolerations(spec.tolerations),
    weights: resolveWeights(spec.prioritizerPolicy),
    numberOfClusters: numberOfClusters === undefined ? undefined : Math.max(0, numberOfClusters),
  };
}

/** The same in turns: for the longest expressions compiling one takes half a second. @throws the reason of the signal */
export async function compileSpecInTurns(
  spec: PlacementSpec,
  compileCel: CompileCel,
  { turns, signal, measure }: { readonly turns: Turns; readonly signal: AbortSignal; readonly measure?: Measure },
): Promise<CompiledSpec> {
  const compiled = new Map<string, ReturnType<CompileCel>>();
  const texts = (spec.predicates ?? []).flatMap(
    ({ requiredClusterSelector }) => requiredClusterSelector?.celSelector?.celExpressions ?? [],
  );
  for (const text of new Set(texts)) {
    const expression = await turns.take(() => compileCel(text), signal);
    compiled.set(text, expression);
    // The first that is wrong is what is reported: what comes after it is not looked at.
    if ('problem' in expression) break;
  }
  return compileSpec(spec, (text) => compiled.get(text) ?? compileCel(text), measure);
}
