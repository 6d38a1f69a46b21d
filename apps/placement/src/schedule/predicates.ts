import type { ClusterPredicate, ManagedCluster } from '@ocm/api';
import { type CelAnswer, type CelExpression, type CompileCel, EXPRESSION_COST } from './cel-expression.ts';
import { parseClusterSelector, type UnmetRequirement } from './cluster-selector.ts';
import { type Measure, unmeasured } from './measure.ts';
import { misconfigured, type Misconfiguration } from './verdict.ts';

export const PREDICATE_PLUGIN = 'Predicate';
/** Most that all expressions of a predicate may cost for one cluster (placement 5.4.6). */
const PREDICATE_COST = 10_000_000;

/** Why a cluster does not match a predicate. */
export type PredicateFailure =
  UnmetRequirement | { readonly kind: 'expression'; readonly text: string; readonly answer: CelAnswer };

/** One predicate: `undefined` when the cluster matches, else the first part of it that does not hold. */
export type Predicate = (cluster: ManagedCluster) => PredicateFailure | undefined;

/** All predicates of a Placement. A cluster passes when one matches; no predicates pass every cluster. */
export interface Predicates {
  readonly kind: 'compiled';
  readonly predicates: readonly Predicate[];
}

/**
 * Checks and compiles the predicates, in their order (placement 5.2, 5.4.4). They belong to one generation of one Placement, and what they say
 * of a cluster depends on that cluster alone, unless an expression reads scores.
 */
export function compilePredicates(
  predicates: readonly ClusterPredicate[] | undefined,
  compileCel: CompileCel,
  measure: Measure = unmeasured,
): Predicates | Misconfiguration {
  const compiled: Predicate[] = [];
  for (const { requiredClusterSelector = {} } of predicates ?? []) {
    const selector = parseClusterSelector(requiredClusterSelector);
    if (selector.kind === 'invalid') return misconfigured(PREDICATE_PLUGIN, selector.problem);
    const expressions: CelExpression[] = [];
    for (const text of requiredClusterSelector.celSelector?.celExpressions ?? []) {
      const expression = compileCel(text);
      if ('problem' in expression) return misconfigured(PREDICATE_PLUGIN, expression.problem);
      expressions.push(expression);
    }
    const { firstUnmet } = selector;
    compiled.push(
      (cluster) => firstUnmet(cluster) ?? measure({ kind: 'cel' }, () => firstUntrue(expressions, cluster)),
    );
  }
  return { kind: 'compiled', predicates: compiled };
}

/** Whether the cluster matches one of the predicates. */
export function matchesOne({ predicates }: Predicates, cluster: ManagedCluster): boolean {
  return predicates.length === 0 || predicates.some((failure) => failure(cluster) === undefined);
}

function firstUntrue(expressions: readonly CelExpression[], cluster: ManagedCluster): PredicateFailure | undefined {
  let budget = PREDICATE_COST;
  for (const expression of expressions) {
    const answer = expression.evaluate(cluster, Math.min(budget, EXPRESSION_COST));
    const isTrue = answer.kind === 'value' && answer.value === true;
    if (!isTrue) return { kind: 'expression', text: expression.text, answer };
    budget -= answer.cost;
  }
  return undefined;
}
