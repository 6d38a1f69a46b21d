import type { ManagedClusterSet } from '@ocm/api';
import type { Measure } from '../schedule/measure.ts';
import type { FindScore } from '../schedule/world.ts';
import type { ClusterTable } from './cluster-table.ts';
import type { DecisionTally } from './decision-tally.ts';

/** What the delta is worked out from. */
export interface DeltaSources {
  readonly table: ClusterTable;
  readonly tally: DecisionTally;
  readonly findSet: (name: string) => ManagedClusterSet | undefined;
  readonly findScore: FindScore;
  readonly measure: Measure;
  /** Milliseconds since some moment, by a clock that nobody sets. */
  readonly elapsedMs: () => number;
  /** Lets others have their turn. */
  readonly giveWay: () => Promise<void>;
}
