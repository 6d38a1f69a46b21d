import type { ClusterToleration, Placement, Taint } from '@ocm/api';
import { type CelValue, typeName } from '@ocm/cel';
import type { Misconfiguration } from '../schedule/verdict.ts';
import type { Explanation, IndexedFailure, ScoreShare, Standing } from './explain-cluster.ts';

/** An explanation as the debug server gives it: a sentence for people, the facts for programs. */
export interface ExplanationReport {
  readonly placement: { readonly namespace: string; readonly name: string };
  readonly cluster: string;
  readonly message: string;
  readonly explanation: ExplanationFacts;
}

/** `Explanation` with nothing that JSON cannot say. */
export type ExplanationFacts =
  | Exclude<Explanation, { kind: 'no-predicate-matches' | 'not-tolerated' }>
  | { readonly kind: 'no-predicate-matches'; readonly failures: readonly FailureFacts[] }
  | (Extract<Explanation, { kind: 'not-tolerated' }> & {
      /** One that would tolerate the taint for ever. */
      readonly missing: ClusterToleration;
    });

/** A requirement with what the cluster has instead (`null` for nothing), or an expression with what it came to, or why it came to nothing. */
export type FailureFacts = { readonly predicate: number } & (
  | {
      readonly kind: 'label' | 'claim';
      readonly key: string;
      readonly operator: string;
      readonly values: readonly string[];
      readonly actual: string | null;
    }
  | { readonly kind: 'expression'; readonly expression: string; readonly result: string }
  | { readonly kind: 'expression'; readonly expression: string; readonly error: string }
);

export function explanationReport(
  { placement, cluster }: { readonly placement: Placement; readonly cluster: string },
  explanation: Explanation,
): ExplanationReport {
  const { namespace = '', name } = placement.metadata;
  const facts = factsOf(explanation);
  return { placement: { namespace, name }, cluster, message: messageOf(facts, cluster, placement), explanation: facts };
}

function factsOf(explanation: Explanation): ExplanationFacts {
  if (explanation.kind === 'no-predicate-matches') {
    return { kind: explanation.kind, failures: explanation.failures.map(failureFacts) };
  }
  return explanation.kind === 'not-tolerated'
    ? { ...explanation, missing: tolerationOf(explanation.taint) }
    : explanation;
}

function failureFacts({ predicate, failure }: IndexedFailure): FailureFacts {
  if (failure.kind === 'expression') {
    const { kind, text: expression, answer } = failure;
    if (answer.kind === 'failed') return { predicate, kind, expression, error: answer.problem };
    return { predicate, kind, expression, result: resultOf(answer.value) };
  }
  const { kind, actual } = failure;
  const { key, operator, values } = failure.requirement;
  return { predicate, kind, key, operator, values: values ?? [], actual: actual ?? null };
}

/** Only a plain `true` lets a cluster pass. */
function resultOf(value: unknown): string {
  return typeof value === 'boolean' ? String(value) : `a value of type ${typeName(value as CelValue)}, not bool`;
}

function tolerationOf({ key, value = '', effect }: Taint): ClusterToleration {
  return value === ''
    ? { key, operator: 'Exists', ...(effect === undefined ? {} : { effect }) }
    : { key, operator: 'Equal', value, ...(effect === undefined ? {} : { effect }) };
}

function messageOf(facts: ExplanationFacts, cluster: string, placement: Placement): string {
  switch (facts.kind) {
    case 'unknown-cluster':
      return `there is no ManagedCluster ${cluster}`;
    case 'undecidable':
      return facts.message;
    case 'being-deleted':
      return `ManagedCluster ${cluster} is being deleted`;
    case 'not-in-a-set':
      return outsideOf(facts, cluster, placement);
    case 'misconfigured':
      return `the Placement is misconfigured, so it does not choose ${cluster}: ${misconfigurationText(facts)}`;
    case 'no-predicate-matches':
      return `no predicate matches ${cluster}: ${facts.failures.map(failureText).join('; ')}`;
    case 'not-tolerated':
      return untolerated(facts, cluster);
    case 'outranked':
    case 'selected':
      return `${standingText(facts, cluster)}. ${scoresText(facts)}`;
    default:
      return facts satisfies never;
  }
}

function misconfigurationText({ plugin, message }: Misconfiguration): string {
  return plugin === '' ? message : `${plugin}: ${message}`;
}

function outsideOf(
  { eligibleSets, setLabel }: Extract<ExplanationFacts, { kind: 'not-in-a-set' }>,
  cluster: string,
  { metadata, spec }: Placement,
): string {
  const wanted = spec.clusterSets ?? [];
  if (eligibleSets.length === 0) {
    const which =
      wanted.length === 0 ? 'no ManagedClusterSet' : `none of the ManagedClusterSets [${wanted.join(', ')}]`;
    return `${which} is bound to namespace ${metadata.namespace ?? ''}`;
  }
  const label = setLabel === undefined ? 'it has no label for a set' : `its label says ${setLabel}`;
  return `${cluster} is in none of the ManagedClusterSets [${eligibleSets.join(', ')}] that the Placement may use; ${label}`;
}

function failureText(failure: FailureFacts): string {
  const where = `predicates[${failure.predicate}]`;
  if (failure.kind === 'expression') {
    const instead = 'error' in failure ? `fails: ${failure.error}` : `is ${failure.result}`;
    return `${where} wants ${failure.expression} to be true, but it ${instead}`;
  }
  const { kind, key, operator, values, actual } = failure;
  const list = values.length === 0 ? '' : ` [${values.join(', ')}]`;
  const found = actual === null ? `the cluster has no such ${kind}` : `it is "${actual}"`;
  return `${where} wants ${kind} ${key} ${operator}${list}, but ${found}`;
}

function untolerated(
  { taint, expired, missing }: Extract<ExplanationFacts, { kind: 'not-tolerated' }>,
  cluster: string,
): string {
  const value = (taint.value ?? '') === '' ? '' : `=${taint.value}`;
  const told = `the taint ${taint.key}${value}:${taint.effect} of ${cluster} is not tolerated`;
  const [late] = expired;
  if (late === undefined) return `${told}; a toleration that does it: ${JSON.stringify(missing)}`;
  const since = late.since === undefined ? 'ran out, as the taint has no timeAdded' : `ran out at ${late.since}`;
  return `${told}: tolerations[${late.toleration}] matches, but its tolerationSeconds ${since}`;
}

function standingText(
  { kind, rank, feasible, total, avoided, lastSelected: last }: RankFacts,
  cluster: string,
): string {
  const place = `${cluster} ranks ${rank} of ${feasible} with a total of ${total}`;
  if (kind === 'selected') return `${place} and is selected`;
  if (last === undefined) return `${place}, and the Placement wants no cluster`;
  const told = `${place} and is not selected; the last that is, ${last.cluster}, has ${last.total}`;
  if (avoided !== undefined && last.avoided === undefined) {
    return `${told}, and ${cluster} has the PreferNoSelect taint ${avoided.key}, which puts it behind those without`;
  }
  return last.ahead === 0 ? `${told} as well and comes first by name` : `${told}, ${last.ahead} more`;
}

type RankFacts = Standing & { readonly kind: 'outranked' | 'selected' };

function scoresText({ scores }: Standing): string {
  if (scores.length === 0) return 'No prioritizer counts';
  return scores.map(shareText).join(', ');
}

function shareText({ prioritizer, weight, score, contribution }: ScoreShare): string {
  return `${prioritizer} ${weight} x ${score ?? 'no score'} = ${contribution}`;
}
