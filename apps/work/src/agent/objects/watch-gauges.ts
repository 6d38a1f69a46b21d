import type { ProcessMetrics } from '@ocm/service';
import type { WatchCount } from './count-watches.ts';
import type { ObjectWatches } from './object-watches.ts';

type GaugeValues = ReturnType<Parameters<ProcessMetrics['addGauge']>[0]['read']>;

/** Shows of each type how many objects are watched, and how many have to be polled. */
export function addWatchGauges(addGauge: ProcessMetrics['addGauge'], watches: Pick<ObjectWatches, 'counts'>): void {
  addGauge({
    name: 'work_watched_objects',
    help: 'Number of applied objects whose changes are heard of by a watch',
    label: 'resource',
    read: () => sumsOf(watches.counts().filter(({ mode }) => mode === 'watched')),
  });
  addGauge({
    name: 'work_polled_objects',
    help: 'Number of applied objects that are polled, because they cannot be watched',
    label: 'resource',
    read: () => sumsOf(watches.counts().filter(({ mode }) => mode !== 'watched')),
  });
}

function sumsOf(counts: readonly WatchCount[]): GaugeValues {
  const byResource = Map.groupBy(counts, ({ resource }) => resource);
  return [...byResource].map(([value, same]) => ({
    value,
    number: same.reduce((sum, { objects }) => sum + objects, 0),
  }));
}
