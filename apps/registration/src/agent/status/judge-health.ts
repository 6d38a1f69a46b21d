import { clusterConditions, type ConditionUpdate } from '@ocm/api';

/** What the API server of the cluster answered when it was asked whether it is well. */
export type Probe =
  | { readonly kind: 'healthy' }
  /** `code` is 0 when there was no answer. */
  | { readonly kind: 'unhealthy'; readonly code: number; readonly text: string };

/** Whether the cluster is available (registration 11.4). */
export type Health =
  | { readonly kind: 'available'; readonly condition: ConditionUpdate }
  /** Failing, but not for long: what is reported stays. */
  | { readonly kind: 'wavering'; readonly failingSinceMs: number }
  | { readonly kind: 'unavailable'; readonly failingSinceMs: number; readonly condition: ConditionUpdate };

/** Conditions hold 32 KiB; an error page of a proxy in front of the API server need not fill them. */
const LONGEST_TEXT = 1024;

/** When a probe was made, and what came before it. */
export interface ProbeHistory {
  /** When the present row of failures began, in milliseconds since the epoch; `undefined` after a success. */
  readonly failingSinceMs: number | undefined;
  /** How long a row of failures may last. */
  readonly graceMs: number;
  readonly nowMs: number;
}

/** Judges a probe in the light of those before it. */
export function judgeHealth(probe: Probe, { failingSinceMs, graceMs, nowMs }: ProbeHistory): Health {
  const { available, apiServerUnavailable } = clusterConditions.available;
  if (probe.kind === 'healthy') return { kind: 'available', condition: available };
  const since = failingSinceMs ?? nowMs;
  if (nowMs - since < graceMs) return { kind: 'wavering', failingSinceMs: since };
  const text = probe.text.length > LONGEST_TEXT ? `${probe.text.slice(0, LONGEST_TEXT)}…` : probe.text;
  const message = `The kube-apiserver is not ok, status code: ${probe.code}, ${text}`;
  return { kind: 'unavailable', failingSinceMs: since, condition: { ...apiServerUnavailable, message } };
}
