import type { ClusterPredicate, ManagedCluster } from '@ocm/api';
import { type CelAnswer, type CelExpression, type CompileCel, EXPRESSION_COST } from './cel-expression.ts';
import { type ClusterSelector, parseClusterSelector, type UnmetRequirement } from './cluster-selector.ts';
import { type Measure, unmeasured } from './measure.ts';
import { misconfigured, type Misconfiguration } from './verdict.ts';

export const PREDICATE_PLUGIN = 'Predicate';
/** Most that all expressions of a predicate may cost for one cluster (placement 5.4.6). */
const PREDICATE_COST = 10_000_000;
/** Between two places to stop; takes some 10 ms. */
const STEP_COST = 10_000;
/** What any evaluation takes besides. */
const EVALUATION_COST = 10;

/** Why a cluster does not match a predicate. */
export type PredicateFailure =
  UnmetRequirement | { readonly kind: 'expression'; readonly text: string; readonly answer: CelAnswer };

/** One predicate: `undefined` when the cluster matches, else the first part of it that does not hold. */
export interface Predicate {
  (cluster: ManagedCluster): PredicateFailure | undefined;
  /** The same with places to stop after costly expressions; only where there are several. */
  readonly inSteps?: (cluster: ManagedCluster) => Generator<void, PredicateFailure | undefined>;
}

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
    compiled.push(predicateOf(selector.firstUnmet, expressions, measure));
  }
  return { kind: 'compiled', predicates: compiled };
}

function predicateOf(firstUnmet: ClusterSelector, expressions: readonly CelExpression[], measure: Measure): Predicate {
  const predicate: Predicate = (cluster) =>
    firstUnmet(cluster) ?? measure({ kind: 'cel' }, () => atOnce(firstUntrue(expressions, cluster)));
  const inSteps: Predicate['inSteps'] = function* (cluster) {
    return firstUnmet(cluster) ?? (yield* measure.inSteps({ kind: 'cel' }, firstUntrue(expressions, cluster)));
  };
  return expressions.length > 1 ? Object.assign(predicate, { inSteps }) : predicate;
}

/** Whether the cluster matches one of the predicates. */
export function matchesOne({ predicates }: Predicates, cluster: ManagedCluster): boolean {
  return predicates.length === 0 || predicates.some((failure) => failure(cluster) === undefined);
}

function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function* firstUntrue(
  expressions: readonly CelExpression[],
  cluster: ManagedCluster,
): Generator<void, PredicateFailure | undefined> {
  let budget = PREDICATE_COST;
  let sinceStop = 0;
  for (const expression of expressions) {
    const answer = expression.evaluate(cluster, Math.min(budget, EXPRESSION_COST));
    const isTrue = answer.kind === 'value' && answer.value === true;
    if (!isTrue) return { kind: 'expression', text: expression.text, answer };
    budget -= answer.cost;
    sinceStop += answer.cost + EVALUATION_COST;
    if (sinceStop <= STEP_COST) continue;
    sinceStop = 0;
    yield;
  }
  return undefined;
}
