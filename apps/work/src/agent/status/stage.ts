import type { ManifestStatus } from '@ocm/api';
import type { ManifestOptions } from '../manifest/manifest-config.ts';
import type { Sighting } from './sighting.ts';

export interface StageInput {
  readonly sighting: Sighting;
  readonly options: ManifestOptions;
  /** Of the work. */
  readonly generation: number;
  readonly now: Date;
}

/**
 * One part of the status of a manifest. It returns the same entry when it has nothing to change. `readsObject` stages run only when the
 * object was seen: otherwise what they once said stays (work 11.2).
 */
export interface Stage {
  readonly readsObject: boolean;
  readonly review: (entry: ManifestStatus, input: StageInput) => ManifestStatus;
}
