import type { ManagedClusterSet } from '@ocm/api';
import type { Measure } from '../schedule/measure.ts';
import type { FindScore } from '../schedule/world.ts';
import type { Turns } from '../turns.ts';
import type { ClusterTable } from './cluster-table.ts';
import type { DecisionTally } from './decision-tally.ts';

/** What the delta is worked out from. */
export interface DeltaSources {
  readonly table: ClusterTable;
  readonly tally: DecisionTally;
  readonly findSet: (name: string) => ManagedClusterSet | undefined;
  readonly findScore: FindScore;
  readonly measure: Measure;
  /** Shared by all Placements. */
  readonly turns: Turns;
}
