import { type ManifestConfig, type ManifestStatus, type ManifestWorkStatus, setCondition } from '@ocm/api';
import { matchManifestConfig } from '../manifest/manifest-config.ts';
import { idOf } from '../manifest/resource-id.ts';
import { availabilityStage, workAvailableCondition } from './availability.ts';
import { feedbackStage } from './feedback.ts';
import type { Sighting } from './sighting.ts';
import type { Stage } from './stage.ts';

// Condition rules (work 11.5) will be a third stage, and their aggregation (work 11.6) a second condition below.
const STAGES: readonly Stage[] = [availabilityStage, feedbackStage];

export interface StatusReview {
  readonly status: ManifestWorkStatus;
  /** One for each manifest entry of the status. */
  readonly sightings: readonly Sighting[];
  readonly configs: readonly ManifestConfig[] | undefined;
  /** Of the work. */
  readonly generation: number;
  readonly now: Date;
}

/** The status after a look at the objects (work 11.1): each manifest entry through all stages, then what follows for the work. */
export function reviewStatus({ status, sightings, configs, generation, now }: StatusReview): ManifestWorkStatus {
  const manifests = (status.resourceStatus?.manifests ?? []).map((entry, index) =>
    reviewEntry(entry, {
      sighting: sightings[index] ?? { kind: 'incomplete' },
      options: matchManifestConfig(configs, idOf(entry.resourceMeta)),
      generation,
      now,
    }),
  );
  return {
    ...status,
    conditions: setCondition(status.conditions, workAvailableCondition(manifests, generation), now),
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
