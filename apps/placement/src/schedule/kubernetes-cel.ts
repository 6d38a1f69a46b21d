import { type AddOnScore, type ManagedCluster } from '@ocm/api';
import { compile, costBudget, evaluate, type FindScores, placementEnvironment, type Program } from '@ocm/cel';
import type { CelAnswer, CelExpression, CompileCel } from './cel-expression.ts';
import type { FindScore } from './world.ts';

/** Compiled expressions that are kept; one Placement has a few. */
const REMEMBERED = 1000;
/** The costliest expressions take about a second; nothing else may hold up leases and health for long. */
const LONGEST_EVALUATION_MS = 5000;

/**
 * CEL with the libraries of Kubernetes and the functions of placement 5.4. What has been compiled is remembered by its text, so that Placements
 * which say the same share it.
 *
 * @param findScore behind `managedCluster.scores("…")`
 * @param elapsedMs milliseconds since some moment, by a clock that nobody sets
 */
export function kubernetesCel(findScore: FindScore, elapsedMs = (): number => performance.now()): CompileCel {
  const environment = placementEnvironment(scoresFrom(findScore));
  const remembered = new Map<string, ReturnType<CompileCel>>();
  return (text) => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const [oldest] = remembered.keys();
    if (remembered.size >= REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    const compiled = compileWith(text, environment, elapsedMs);
    remembered.set(text, compiled);
    return compiled;
  };
}

/** An object without scores has none; without an object the question fails. */
function scoresFrom(findScore: FindScore): FindScores {
  return (cluster, resource): readonly AddOnScore[] | undefined => {
    const found = findScore(cluster, resource);
    return found && (found.status?.scores ?? []);
  };
}

function compileWith(
  text: string,
  environment: Parameters<typeof compile>[1],
  elapsedMs: () => number,
): ReturnType<CompileCel> {
  const compilation = compile(text, environment);
  switch (compilation.kind) {
    case 'compiled':
      return expressionOf(text, compilation.program, elapsedMs);
    case 'invalid':
      return { kind: 'invalid', problem: `compilation failed: ${compilation.report}` };
    case 'unbuildable':
      return { kind: 'invalid', problem: `instantiation failed: ${compilation.problem}` };
    default:
      return compilation satisfies never;
  }
}

function expressionOf(text: string, program: Program, elapsedMs: () => number): CelExpression {
  return {
    text,
    evaluate(cluster, costLimit): CelAnswer {
      const endMs = elapsedMs() + LONGEST_EVALUATION_MS;
      const isInterrupted = (): boolean => elapsedMs() > endMs;
      const budget = costBudget({ perEvaluation: costLimit, remaining: costLimit, isInterrupted });
      const evaluation = evaluate(program, { managedCluster: asExpressionsSeeIt(cluster) }, budget);
      const { cost } = evaluation;
      if (evaluation.kind === 'value') return { kind: 'value', value: evaluation.value, cost };
      const failed = { kind: 'failed', problem: evaluation.error, cost } as const;
      return evaluation.kind === 'interrupted' ? { ...failed, isInterrupted: true } : failed;
    },
  };
}

/** Some fields are there also when the API server has left them out (placement 5.4.1). */
function asExpressionsSeeIt(cluster: ManagedCluster): object {
  const { spec, status } = cluster;
  return {
    ...cluster,
    spec: { hubAcceptsClient: false, ...spec },
    status: { conditions: null, version: {}, ...status },
  };
}
