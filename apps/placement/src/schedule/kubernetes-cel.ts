import type { AddOnScore, ManagedCluster, ManagedClusterSpec } from '@ocm/api';
import { compile, costBudget, evaluate, type FindScores, placementEnvironment, type Program } from '@ocm/cel';
import { type CelAnswer, type CelExpression, type CompileCel, LONGEST_REMEMBERED } from './cel-expression.ts';
import type { FindScore } from './world.ts';

/** How much text may be kept compiled, which needs up to a hundred times as many bytes. */
const REMEMBERED_LENGTH = 500_000;
/** What the shortest text counts. */
const SHORTEST = 500;
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
  let length = 0;
  return (text) => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const compiled = compileWith(text, environment, elapsedMs);
    if (text.length > LONGEST_REMEMBERED) return compiled;
    remembered.set(text, compiled);
    length += SHORTEST + text.length;
    for (const oldest of remembered.keys()) {
      if (length <= REMEMBERED_LENGTH) break;
      remembered.delete(oldest);
      length -= SHORTEST + oldest.length;
    }
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

/** Optional fields that are empty are absent, and some are there also when the API server has left them out (placement 5.4.1). */
function asExpressionsSeeIt({ metadata, spec = {}, status = {}, ...cluster }: ManagedCluster): object {
  const { conditions = null, version = {}, ...restOfStatus } = status;
  return {
    ...cluster,
    metadata: withoutEmpty(metadata),
    spec: specAsExpressionsSeeIt(spec),
    status: { ...withoutEmpty(restOfStatus), conditions, version: withoutEmpty(version) },
  };
}

function specAsExpressionsSeeIt({ hubAcceptsClient = false, ...optional }: ManagedClusterSpec): object {
  const { taints = [], managedClusterClientConfigs: configs = [] } = optional;
  return {
    ...withoutEmpty(optional),
    ...(taints.length === 0 ? {} : { taints: taints.map(withoutEmpty) }),
    ...(configs.length === 0
      ? {}
      : { managedClusterClientConfigs: configs.map(({ url, ...rest }) => ({ url, ...withoutEmpty(rest) })) }),
    hubAcceptsClient,
  };
}

/** The same object when there is nothing to leave out, for it is asked about each cluster for each expression. */
function withoutEmpty<T extends object>(fields: T): Partial<T> {
  if (!Object.values(fields).some(isEmpty)) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value))) as Partial<T>;
}

/** Of texts, numbers, lists and maps. */
function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === '' || value === 0;
  for (const _ in value) return false;
  return true;
}
