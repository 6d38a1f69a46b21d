import type { RolloutStrategy } from '@ocm/api';
import type { DecisionGroupChoice } from '../decision-tracker.ts';

/** A number of clusters, or a part of them. */
export type Amount = { readonly kind: 'count' | 'percent'; readonly value: number };

/** A rollout strategy, parsed and complete (work 13.2). */
export interface RolloutRules {
  readonly type: 'All' | 'Progressive' | 'ProgressivePerGroup';
  /** How long a cluster must stay successful before its place is given to another. */
  readonly soakMs: number;
  /** How long a cluster may take; infinite for None. */
  readonly deadlineMs: number;
  readonly maxFailures: Amount;
  /** Absent means all at once. */
  readonly maxConcurrency: Amount | undefined;
  readonly mandatory: readonly DecisionGroupChoice[];
}

/** The rules, or what is wrong with the strategy. */
export type ParsedStrategy =
  { readonly kind: 'rules'; readonly rules: RolloutRules } | { readonly kind: 'invalid'; readonly problem: string };

const NONE = 'None';
const NOTHING: Amount = { kind: 'count', value: 0 };
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const DURATION_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const DURATION = new RegExp(`^\\+?(?:(?:${DURATION_PART.source})+|0)$`);
const DEADLINE = /^(?:\d+[hms])+$/;

class StrategyProblem extends Error {}

/** Checks a rollout strategy; without one, or without a type, everything is rolled out at once. */
export function parseRolloutStrategy(strategy: RolloutStrategy | undefined): ParsedStrategy {
  try {
    return { kind: 'rules', rules: rulesOf(strategy ?? {}) };
  } catch (error) {
    if (!(error instanceof StrategyProblem)) throw error;
    return { kind: 'invalid', problem: error.message };
  }
}

/** How many clusters of `total` an amount stands for, percentages rounded up; the fallback when that is none of them or more than all. */
export function clustersOf({ kind, value }: Amount, total: number, fallback: number): number {
  // Divided first, with what doubles make of it: 7 % of 100 are 8 (placement 8.1, which keeps it).
  const count = kind === 'percent' ? Math.ceil((value / 100) * total) : value;
  return count <= 0 || count > total ? fallback : count;
}

function rulesOf({ type = 'All', all, progressive, progressivePerGroup }: RolloutStrategy): RolloutRules {
  switch (type) {
    case 'All':
      return {
        type,
        soakMs: 0,
        deadlineMs: deadlineOf(all?.progressDeadline),
        maxFailures: NOTHING,
        maxConcurrency: undefined,
        mandatory: [],
      };
    case 'Progressive':
      return { type, ...progressiveRules(progressive), maxConcurrency: concurrencyOf(progressive?.maxConcurrency) };
    case 'ProgressivePerGroup':
      return { type, ...progressiveRules(progressivePerGroup), maxConcurrency: undefined };
    default:
      throw new StrategyProblem(
        `rollout strategy type must be All, Progressive or ProgressivePerGroup, got "${String(type)}"`,
      );
  }
}

function progressiveRules(
  options: RolloutStrategy['progressivePerGroup'] = {},
): Pick<RolloutRules, 'soakMs' | 'deadlineMs' | 'maxFailures' | 'mandatory'> {
  const { minSuccessTime, progressDeadline, maxFailures, mandatoryDecisionGroups = [] } = options;
  return {
    soakMs: soakOf(minSuccessTime),
    deadlineMs: deadlineOf(progressDeadline),
    maxFailures: amountOf('maxFailures', maxFailures ?? 0),
    mandatory: mandatoryDecisionGroups.map(({ groupName = '', groupIndex = 0 }) => ({
      name: groupName,
      index: groupIndex,
    })),
  };
}

function concurrencyOf(value: number | string | undefined): Amount | undefined {
  return value === undefined ? undefined : amountOf('maxConcurrency', value);
}

function amountOf(field: string, value: number | string): Amount {
  if (typeof value === 'number') return { kind: 'count', value };
  if (isRaw(value)) return { kind: 'count', value: Number(value.rawJSON) };
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1];
  if (percent !== undefined) return { kind: 'percent', value: Number(percent) };
  throw new StrategyProblem(
    `${field} "${value}": invalid type: string is not a percentage; write a number without quotes, or a percentage such as "25%"`,
  );
}

/** An integer beyond 2^53 comes from the wire as a raw JSON literal. */
function isRaw(value: unknown): value is { readonly rawJSON: string } {
  return typeof value === 'object' && value !== null && 'rawJSON' in value;
}

function deadlineOf(text: string = NONE): number {
  if (text === NONE || text === '') return Infinity;
  if (!DEADLINE.test(text)) {
    throw new StrategyProblem(
      `progressDeadline "${text}": invalid timeout format; write None, or digits with h, m or s such as "10m"`,
    );
  }
  return durationMs(text);
}

function soakOf(text = '0'): number {
  if (!DURATION.test(text)) {
    throw new StrategyProblem(
      `minSuccessTime "${text}": invalid duration; write digits with a unit such as "30s" or "1h"`,
    );
  }
  return durationMs(text);
}

function durationMs(text: string): number {
  let totalMs = 0;
  for (const [, amount, unit = ''] of text.matchAll(DURATION_PART)) totalMs += Number(amount) * (UNIT_MS[unit] ?? 0);
  return totalMs;
}
