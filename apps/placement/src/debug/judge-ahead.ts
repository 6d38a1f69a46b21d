import type { ManagedCluster } from '@ocm/api';
import type { Clock } from '@ocm/kube';
import type { PredicateFailure, Predicates } from '../schedule/predicates.ts';
import type { Turns } from './turns.ts';

/** After so long in one go others get their turn. */
const TURN_MS = 10;
/** After a turn that was long for want of a place to stop, so that a health probe gets through with all its round trips. */
const BREATH_MS = 50;
/** Of work on one question, without the pauses. */
const LONGEST_MS = 10_000;

/** How questions share the time of the process. */
export interface Pace {
  readonly turns: Turns;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Milliseconds since some moment, by a clock that nobody sets. */
  readonly elapsedMs: () => number;
}

type Answers = Map<ManagedCluster, PredicateFailure | undefined>;

/**
 * Asks the predicates about all clusters, with pauses, and gives back predicates that know the answers: expressions of strangers may take a
 * second for each cluster, and scheduling itself does not stop on the way. `undefined` when it takes too long.
 *
 * @throws the reason of the signal
 */
export async function judgeAhead(
  { predicates }: Predicates,
  clusters: readonly ManagedCluster[],
  { turns, clock, elapsedMs, signal }: Pace & { readonly signal: AbortSignal },
): Promise<Predicates | undefined> {
  const known = predicates.map((): Answers => new Map());
  const answering = answers(predicates, clusters, known);
  for (let workedMs = 0; workedMs <= LONGEST_MS;) {
    const endTurn = await turns.take();
    try {
      signal.throwIfAborted();
      const startMs = elapsedMs();
      let isDone = false;
      while (!isDone && elapsedMs() - startMs <= TURN_MS) isDone = answering.next().done === true;
      if (isDone) return remembering(predicates, known);
      const tookMs = elapsedMs() - startMs;
      workedMs += tookMs;
      await clock.sleep(tookMs > BREATH_MS ? BREATH_MS : 0, signal);
    } finally {
      endTurn();
    }
  }
  return undefined;
}

/** One answer after the other, each noted; a cluster that has passed is not asked about any further. */
function* answers(
  predicates: Predicates['predicates'],
  clusters: readonly ManagedCluster[],
  known: readonly Answers[],
): Generator<void> {
  for (const cluster of clusters) {
    for (const [position, predicate] of predicates.entries()) {
      const failure = predicate(cluster);
      known[position]?.set(cluster, failure);
      yield;
      if (failure === undefined) break;
    }
  }
}

/** Predicates that answer from memory what they were asked before. */
function remembering(predicates: Predicates['predicates'], known: readonly Answers[]): Predicates {
  return {
    kind: 'compiled',
    predicates: predicates.map((predicate, position) => (cluster) => {
      const noted = known[position];
      return noted?.has(cluster) === true ? noted.get(cluster) : predicate(cluster);
    }),
  };
}
