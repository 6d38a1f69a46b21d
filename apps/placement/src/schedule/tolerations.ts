import type { ClusterToleration, ManagedCluster, Taint } from '@ocm/api';
import { misconfigured, type Misconfiguration } from './verdict.ts';

export const TAINT_PLUGIN = 'TaintToleration';
/** Where the reference's durations end, about 292 years: more than that is for ever. */
const FOREVER_SECONDS = 9_223_372_036;

export interface Tolerations {
  readonly kind: 'checked';
  readonly tolerations: readonly Toleration[];
  /** Whether any of them runs out. */
  readonly isTimed: boolean;
}

/** A toleration with everything filled in; empty key and effect stand for any. */
interface Toleration {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  readonly effect: string;
  /** Infinity for ever. */
  readonly seconds: number;
}

/** What the taints of a cluster mean to a Placement. */
export type TaintVerdict =
  | {
      readonly kind: 'tolerated';
      /** The first PreferNoSelect taint that nothing tolerates: the cluster ranks after all without one. */
      readonly avoided: Taint | undefined;
      /** When the first toleration runs out, in milliseconds since the epoch; `undefined` for never. */
      readonly untilMs: number | undefined;
    }
  | { readonly kind: 'repelled'; readonly taint: Taint };

export interface TaintSituation {
  /** Whether the cluster is in the Placement's slices. */
  readonly isExisting: boolean;
  readonly nowMs: number;
}

/** Section 5.5.1: the first toleration that contradicts itself. */
export function checkTolerations(
  tolerations: readonly ClusterToleration[] | undefined = [],
): Tolerations | Misconfiguration {
  const complete = tolerations.map(completed);
  for (const { key, operator, value } of complete) {
    if (key === '' && operator !== 'Exists') {
      return misconfigured(TAINT_PLUGIN, 'If the key is empty, operator must be Exists.');
    }
    if (operator === 'Exists' && value !== '') {
      return misconfigured(TAINT_PLUGIN, 'If the operator is Exists, the value should be empty.');
    }
  }
  return { kind: 'checked', tolerations: complete, isTimed: complete.some(({ seconds }) => seconds !== Infinity) };
}

function completed({ key = '', operator = '', value = '', effect, tolerationSeconds }: ClusterToleration): Toleration {
  return { key, operator, value, effect: effect ?? '', seconds: exactSeconds(tolerationSeconds) };
}

/** Sections 5.5.2 to 5.5.4. A PreferNoSelect taint never repels; untolerated, it costs the cluster its place in the ranking. */
export function judgeTaints(
  cluster: ManagedCluster,
  { tolerations }: Tolerations,
  { isExisting, nowMs }: TaintSituation,
): TaintVerdict {
  let avoided: Taint | undefined;
  let untilMs = Infinity;
  for (const taint of cluster.spec?.taints ?? []) {
    if (taint.effect === 'NoSelectIfNew' && isExisting) continue;
    const deadlineMs = toleratedUntil(taint, tolerations, nowMs);
    if (deadlineMs !== undefined) untilMs = Math.min(untilMs, deadlineMs);
    else if (taint.effect === 'PreferNoSelect') avoided ??= taint;
    else return { kind: 'repelled', taint };
  }
  return { kind: 'tolerated', avoided, untilMs: Number.isFinite(untilMs) ? untilMs : undefined };
}

/** The deadline of the first toleration that matches the taint and is still in time; `undefined` when there is none. */
function toleratedUntil(taint: Taint, tolerations: readonly Toleration[], nowMs: number): number | undefined {
  for (const toleration of tolerations) {
    if (!tolerates(toleration, taint)) continue;
    const deadlineMs = deadlineOf(toleration.seconds, taint.timeAdded);
    if (nowMs < deadlineMs) return deadlineMs;
  }
  return undefined;
}

function tolerates({ effect, key, operator, value }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (operator === '' || operator === 'Equal') && value === (taint.value ?? '');
}

/** In milliseconds since the epoch; a taint without time was added before all time. */
function deadlineOf(seconds: number, timeAdded: string | null | undefined): number {
  if (seconds === Infinity) return Infinity;
  if (seconds <= 0) return -Infinity;
  const addedMs = Date.parse(timeAdded ?? '');
  return Number.isNaN(addedMs) ? -Infinity : addedMs + seconds * 1000;
}

/** An int64 beyond 2^53 comes from the wire as a raw JSON literal. */
function exactSeconds(value: unknown): number {
  if (value === undefined || value === null) return Infinity;
  const seconds = Number(typeof value === 'object' && 'rawJSON' in value ? value.rawJSON : value);
  return seconds > FOREVER_SECONDS ? Infinity : seconds;
}
