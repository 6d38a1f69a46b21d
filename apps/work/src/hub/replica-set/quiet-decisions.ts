import { labels, type PlacementDecision } from '@ocm/api';
import type { Clock, Informer } from '@ocm/kube';

/**
 * How long the decisions of Placements have not changed. Slices are written one after the other (placement 9.3), so that a cluster which moves
 * from one to the next is in none of them for a moment: nobody may delete anything on the strength of that moment.
 */
export class QuietDecisions {
  readonly #clock: Clock;
  readonly #quietMs: number;
  /** The longest unchanged first. */
  readonly #changedMs = new Map<string, number>();

  constructor(
    slices: Pick<Informer<PlacementDecision>, 'subscribe'>,
    { clock, quietMs }: { readonly clock: Clock; readonly quietMs: number },
  ) {
    this.#clock = clock;
    this.#quietMs = quietMs;
    slices.subscribe(({ type, object: { metadata } }) => {
      if (type !== 'resync') this.#note(`${metadata.namespace}/${metadata.labels?.[labels.placement] ?? ''}`);
    });
  }

  /** Milliseconds until the decisions of the Placement `<namespace>/<name>` will have been quiet for long enough, 0 when they have. */
  quietInMs(placement: string): number {
    const changedMs = this.#changedMs.get(placement);
    if (changedMs === undefined) return 0;
    const leftMs = changedMs + this.#quietMs - this.#clock.now().getTime();
    // More than that means that the clock has been set back.
    return leftMs > this.#quietMs ? 0 : Math.max(leftMs, 0);
  }

  #note(placement: string): void {
    this.#forgetQuiet();
    this.#changedMs.delete(placement);
    this.#changedMs.set(placement, this.#clock.now().getTime());
  }

  #forgetQuiet(): void {
    for (const placement of this.#changedMs.keys()) {
      if (this.quietInMs(placement) > 0) return;
      this.#changedMs.delete(placement);
    }
  }
}
