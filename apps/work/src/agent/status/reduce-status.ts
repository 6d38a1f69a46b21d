import {
  type Condition,
  type ConditionUpdate,
  findCondition,
  manifestConditions,
  type ManifestStatus,
  type ManifestWorkStatus,
  removeCondition,
  setCondition,
} from '@ocm/api';

/** Of objects etcd takes 1.5 MiB, of which the spec may have a third (work 4.3). */
export const LARGEST_STATUS = 900_000;
const SHORT_MESSAGE = 256;

const { type, failed } = manifestConditions.statusFeedbackSynced;

export interface Reduction {
  /** What the work has now: conditions that say the same keep their times. */
  readonly before: ManifestWorkStatus | undefined;
  /** For the message of the condition. */
  readonly why: string;
  readonly now: Date;
}

/** The size of a status as JSON, in bytes. */
export function sizeOf(status: ManifestWorkStatus): number {
  return Buffer.byteLength(JSON.stringify(status));
}

/**
 * A status without what can be missed (work 2.6): the feedback values go, and where there were some `StatusFeedbackSynced` says why. When
 * that is not enough, long messages are cut.
 */
export function reduceStatus(status: ManifestWorkStatus, reduction: Reduction): ManifestWorkStatus {
  const manifests = status.resourceStatus?.manifests ?? [];
  const before = reduction.before?.resourceStatus?.manifests ?? [];
  const reduced = manifests.map((entry, index) => withoutValues(entry, before[index], reduction));
  const light = { ...status, resourceStatus: { ...status.resourceStatus, manifests: reduced } };
  if (sizeOf(light) <= LARGEST_STATUS) return light;
  return {
    ...light,
    ...(status.conditions === undefined ? {} : { conditions: status.conditions.map(shortened) }),
    resourceStatus: {
      ...light.resourceStatus,
      manifests: reduced.map((entry) => ({ ...entry, conditions: entry.conditions.map(shortened) })),
    },
  };
}

function withoutValues(
  entry: ManifestStatus,
  before: ManifestStatus | undefined,
  { why, now }: Reduction,
): ManifestStatus {
  if (entry.statusFeedback === undefined) return entry;
  const { statusFeedback: _statusFeedback, conditions, ...rest } = entry;
  const condition: ConditionUpdate = { ...failed, message: `Sync status feedback failed with error ${why}` };
  const present = findCondition(before?.conditions, type);
  const others = removeCondition(conditions, type);
  return { ...rest, conditions: setCondition(present === undefined ? others : [...others, present], condition, now) };
}

function shortened(condition: Condition): Condition {
  const { message } = condition;
  return message.length <= SHORT_MESSAGE ? condition : { ...condition, message: `${message.slice(0, SHORT_MESSAGE)}…` };
}
