import { type ManifestConfig, type ManifestStatus, type ManifestWorkStatus, setCondition } from '@ocm/api';
import { withAggregated } from '../conditions/aggregate-conditions.ts';
import { matchManifestConfig } from '../manifest/manifest-config.ts';
import { idOf } from '../manifest/resource-id.ts';
import { availabilityStage, workAvailableCondition } from './availability.ts';
import { feedbackStage } from './feedback.ts';
import { ruleConditionsStage } from './rule-conditions.ts';
import type { Sighting } from './sighting.ts';
import type { Stage } from './stage.ts';

const STAGES: readonly Stage[] = [availabilityStage, feedbackStage, ruleConditionsStage];

export interface StatusReview {
  readonly status: ManifestWorkStatus;
  /** One for each manifest entry of the status; entries without one stay as they are. */
  readonly sightings: readonly (Sighting | undefined)[];
  readonly configs: readonly ManifestConfig[] | undefined;
  /** Of the work. */
  readonly generation: number;
  readonly now: Date;
}

/** The status after a look at the objects (work 11.1): each manifest entry through all stages, then what follows for the work. */
export function reviewStatus({ status, sightings, configs, generation, now }: StatusReview): ManifestWorkStatus {
  const manifests = (status.resourceStatus?.manifests ?? []).map((entry, index) => {
    const sighting = sightings[index];
    const options = matchManifestConfig(configs, idOf(entry.resourceMeta));
    return sighting === undefined ? entry : reviewEntry(entry, { sighting, options, generation, now });
  });
  const available = setCondition(status.conditions, workAvailableCondition(manifests, generation), now);
  return {
    ...status,
    conditions: withAggregated(available, manifests, { generation, now }),
    resourceStatus: { ...status.resourceStatus, manifests },
  };
}

function reviewEntry(entry: ManifestStatus, input: Parameters<Stage['review']>[1]): ManifestStatus {
  const isSeen = input.sighting.kind === 'present';
  return STAGES.filter(({ readsObject }) => isSeen || !readsObject).reduce(
    (reviewed, stage) => stage.review(reviewed, input),
    entry,
  );
}
