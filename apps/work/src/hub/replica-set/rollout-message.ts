import { type ConditionUpdate, type ManifestWorkReplicaSet, replicaSetConditions, workConditions } from '@ocm/api';
import { templateOf } from './desired-work.ts';
import type { PlacementOutcome } from './placement-outcome.ts';

const { placementRolledOut } = replicaSetConditions;
const PROGRESSING = workConditions.progressing.type;
/** Said in the message of a rollout that more failures than allowed have stopped. */
const HALTED = 'halted';
const NAMED_CLUSTERS = 5;

/** The condition PlacementRolledOut (work 12.6), which says what is in the way when it does not come to be True. */
export function howRolloutsGo(set: ManifestWorkReplicaSet, outcomes: readonly PlacementOutcome[]): ConditionUpdate {
  const selected = sum(outcomes.map(({ plan }) => plan.placement.status?.numberOfSelectedClusters ?? 0));
  const succeeded = sum(outcomes.map(({ plan }) => plan.rollout.succeeded));
  const isPlanned = outcomes.every(({ plan }) => plan.problem === undefined);
  if (isPlanned && selected === succeeded) {
    return { ...placementRolledOut.complete, message: `All ${selected} selected clusters have succeeded` };
  }
  const isBlind = succeeded === 0 && !hasProgressingRule(set);
  const obstacles = [...(isBlind ? [MISSING_RULE] : []), ...outcomes.flatMap(failuresOf)];
  const progress = `${succeeded} of ${selected} selected clusters have succeeded`;
  return { ...placementRolledOut.progressing, message: [progress, ...obstacles].join('; ') };
}

/** Whether a condition of this message is about a rollout that more failures than allowed have stopped. */
export function saysHalted({ message }: Pick<ConditionUpdate, 'message'>): boolean {
  return message.includes(` ${HALTED}: `);
}

/** Progressing never appears by itself (work 22), so a cluster without such a rule is never seen to succeed. */
const MISSING_RULE =
  `no cluster can be seen to succeed, because no manifestConfigs entry of the template has a condition rule named ${PROGRESSING}: ` +
  `add conditionRules such as {"condition": "${PROGRESSING}", "type": "WellKnownConditions"} for a Deployment, StatefulSet, DaemonSet, ` +
  'Job or Pod, or a rule of type CEL for another kind';

function hasProgressingRule(set: ManifestWorkReplicaSet): boolean {
  const rules = (templateOf(set).manifestConfigs ?? []).flatMap(({ conditionRules }) => conditionRules ?? []);
  return rules.some(({ condition }) => condition === PROGRESSING);
}

function failuresOf({ plan: { ref, rollout } }: PlacementOutcome): readonly string[] {
  const { failing, isBreached } = rollout;
  if (failing.length === 0) return [];
  const names = failing.slice(0, NAMED_CLUSTERS).join(', ') + (failing.length > NAMED_CLUSTERS ? ', …' : '');
  const clusters = `${failing.length} failed or timed out (${names})`;
  return [isBreached ? `${ref.name} ${HALTED}: ${clusters}, more than maxFailures allows` : `${ref.name}: ${clusters}`];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
