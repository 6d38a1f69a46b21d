import type { ManagedCluster } from '@ocm/api';
import type { Clock } from '@ocm/kube';
import type { PredicateFailure, Predicates } from '../schedule/predicates.ts';

/** After so long in one go others get their turn. */
const TURN_MS = 10;
/** After a turn that was long for want of a place to stop, so that a health probe gets through with all its round trips. */
const BREATH_MS = 50;
/** For one question: probes come every 10 s, and three of them have to fail until the process is restarted. */
const LONGEST_MS = 10_000;

/** How time passes while a question is worked on. */
export interface Pace {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Milliseconds since some moment, by a clock that nobody sets. */
  readonly elapsedMs: () => number;
}

/**
 * Asks the predicates about all clusters, with pauses, and gives back predicates that know the answers: expressions of strangers may take a
 * second for each cluster, and scheduling itself does not stop on the way. `undefined` when it takes too long.
 *
 * @throws the reason of the signal
 */
export async function judgeAhead(
  { predicates }: Predicates,
  clusters: readonly ManagedCluster[],
  { clock, elapsedMs, signal }: Pace & { readonly signal: AbortSignal },
): Promise<Predicates | undefined> {
  const known = predicates.map(() => new Map<ManagedCluster, PredicateFailure | undefined>());
  const endMs = elapsedMs() + LONGEST_MS;
  let turnMs = elapsedMs();
  for (const cluster of clusters) {
    for (const [position, predicate] of predicates.entries()) {
      const failure = predicate(cluster);
      known[position]?.set(cluster, failure);
      const tookMs = elapsedMs() - turnMs;
      if (turnMs + tookMs > endMs) return undefined;
      if (tookMs > TURN_MS) {
        await clock.sleep(tookMs > BREATH_MS ? BREATH_MS : 0, signal);
        signal.throwIfAborted();
        turnMs = elapsedMs();
      }
      if (failure === undefined) break;
    }
  }
  return {
    kind: 'compiled',
    predicates: predicates.map((predicate, position) => (cluster) => {
      const answers = known[position];
      return answers?.has(cluster) === true ? answers.get(cluster) : predicate(cluster);
    }),
  };
}
