import type { Placement } from '@ocm/api';
import { compareNames } from '@ocm/fleet';
import { type PlacementWorld, schedulingWorld } from '../decide-placement.ts';
import { availableClusters } from '../schedule/available-clusters.ts';
import type { CompiledSpec } from '../schedule/compile-spec.ts';
import { schedule } from '../schedule/schedule.ts';

/** What scheduling would do with a Placement, in the form of the debug server (placement 16.3). Empty lists are left out. */
export interface SimulationReport {
  readonly placement: Pick<Placement, 'metadata' | 'spec' | 'status'>;
  /** The first filter first. The last entry is in ranking order. */
  readonly filteredPipelineResults?: readonly { readonly name: string; readonly filteredClusters: readonly string[] }[];
  /** By name; scores are unweighted. */
  readonly prioritizeResults?: readonly {
    readonly name: string;
    readonly weight: number;
    readonly scores: Readonly<Record<string, number>>;
  }[];
  /** All feasible clusters, by score, then by name. */
  readonly aggregatedScores?: readonly { readonly clusterName: string; readonly score: number }[];
}

/** A report, or why nobody can tell which clusters are available. */
export type Simulation =
  | { readonly kind: 'simulated'; readonly report: SimulationReport }
  | { readonly kind: 'failed'; readonly message: string };

/** Sections 4 to 6 of the placement service for one Placement; a misconfigured one is reported as far as it came. */
export function simulatePlacement(placement: Placement, compiled: CompiledSpec, world: PlacementWorld): Simulation {
  const availability = availableClusters(placement.spec.clusterSets, world);
  if (availability.kind === 'failed') return availability;
  const { filtered, scored, ranked } = schedule(compiled, schedulingWorld(availability.clusters, world));
  const filteredPipelineResults = filtered.map(({ name, clusters }) => ({ name, filteredClusters: clusters }));
  const prioritizeResults = scored
    .map(({ prioritizer: { name, weight }, scores }) => ({
      name,
      weight,
      scores: Object.fromEntries(scores.byCluster),
    }))
    .toSorted((a, b) => compareNames(a.name, b.name));
  const aggregatedScores = ranked
    .map(({ cluster, total }) => ({ clusterName: cluster.metadata.name, score: total }))
    .toSorted((a, b) => b.score - a.score || compareNames(a.clusterName, b.clusterName));
  const report = {
    placement: essentials(placement),
    ...(filteredPipelineResults.length === 0 ? {} : { filteredPipelineResults }),
    ...(prioritizeResults.length === 0 ? {} : { prioritizeResults }),
    ...(aggregatedScores.length === 0 ? {} : { aggregatedScores }),
  };
  return { kind: 'simulated', report };
}

/** What the server filled in is left out, and so is the status. */
function essentials({ metadata, spec }: Placement): SimulationReport['placement'] {
  const { name, namespace, labels, annotations } = metadata;
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec,
    status: {},
  };
}
