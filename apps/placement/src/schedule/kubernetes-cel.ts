import { type AddOnScore, type ManagedCluster } from '@ocm/api';
import { compile, costBudget, evaluate, type FindScores, placementEnvironment, type Program } from '@ocm/cel';
import type { CelAnswer, CelExpression, CompileCel } from './cel-expression.ts';
import type { FindScore } from './world.ts';

/** Compiled expressions that are kept; one Placement has a few. */
const REMEMBERED = 1000;

/**
 * CEL with the libraries of Kubernetes and the functions of placement 5.4. What has been compiled is remembered by its text, so that Placements
 * which say the same share it.
 *
 * @param findScore behind `managedCluster.scores("…")`
 */
export function kubernetesCel(findScore: FindScore): CompileCel {
  const environment = placementEnvironment(scoresFrom(findScore));
  const remembered = new Map<string, ReturnType<CompileCel>>();
  return (text) => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const [oldest] = remembered.keys();
    if (remembered.size >= REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    const compiled = compileWith(text, environment);
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

function compileWith(text: string, environment: Parameters<typeof compile>[1]): ReturnType<CompileCel> {
  const compilation = compile(text, environment);
  switch (compilation.kind) {
    case 'compiled':
      return expressionOf(text, compilation.program);
    case 'invalid':
      return { kind: 'invalid', problem: `compilation failed: ${compilation.report}` };
    case 'unbuildable':
      return { kind: 'invalid', problem: `instantiation failed: ${compilation.problem}` };
    default:
      return compilation satisfies never;
  }
}

function expressionOf(text: string, program: Program): CelExpression {
  return {
    text,
    evaluate(cluster, costLimit): CelAnswer {
      const budget = costBudget({ perEvaluation: costLimit, remaining: costLimit });
      const evaluation = evaluate(program, { managedCluster: asExpressionsSeeIt(cluster) }, budget);
      const { cost } = evaluation;
      if (evaluation.kind === 'value') return { kind: 'value', value: evaluation.value, cost };
      return { kind: 'failed', problem: evaluation.error, cost };
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
