import type { ManagedCluster } from '@ocm/api';
import type { PredicateFailure, Predicates } from '../schedule/predicates.ts';
import type { Pace, Turns } from '../turns.ts';

/** Of work on one question, without the pauses. */
const LONGEST_MS = 10_000;

/** How questions share the time of the process. */
export interface QuestionPace extends Pick<Pace, 'elapsedMs'> {
  readonly turns: Turns;
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
  { turns, elapsedMs, signal }: QuestionPace & { readonly signal: AbortSignal },
): Promise<Predicates | undefined> {
  const known = predicates.map((): Answers => new Map());
  const answering = answers(predicates, clusters, known);
  const workOneTurn = (isOver: () => boolean): { readonly isDone: boolean; readonly tookMs: number } => {
    const startMs = elapsedMs();
    let isDone = false;
    while (!isDone && !isOver()) isDone = answering.next().done === true;
    return { isDone, tookMs: elapsedMs() - startMs };
  };
  for (let workedMs = 0; workedMs <= LONGEST_MS;) {
    const { isDone, tookMs } = await turns.take(workOneTurn, signal);
    if (isDone) return remembering(predicates, known);
    workedMs += tookMs;
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
      const failure = predicate.inSteps === undefined ? predicate(cluster) : yield* predicate.inSteps(cluster);
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
