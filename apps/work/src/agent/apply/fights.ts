import { type ResourceId, resourceKey } from '../manifest/resource-id.ts';

/** So many times what somebody else has made of an object is put right at once. */
const PATIENCE = 10;
/** Another of our works is known for a rival when it has been met twice. */
const KNOWN_RIVAL = 1;
const FIRST_WAIT_MS = 2000;
const WAIT_GROWTH = 4;
/** A fight is over when nobody has touched the object for so many resync intervals. */
const QUIET_RESYNCS = 2;

export interface Contender {
  /** Name of the work. */
  readonly work: string;
  readonly id: ResourceId;
  /** Of the work: another spec is another matter. */
  readonly generation: number;
}

export interface Fight {
  /** Until then the object is left as it is, milliseconds since the epoch. */
  readonly heldUntilMs: number;
  /** The field manager that writes it, when it is not ours. */
  readonly rival: string | undefined;
}

interface Corrections {
  readonly generation: number;
  /** Corrections after the first. */
  readonly count: number;
  readonly atMs: number;
  readonly rival: string | undefined;
}

/**
 * Remembers which objects had to be corrected again and again, because another work or a controller of the cluster wants something else.
 * Such an object is corrected ever more rarely, in the end once in a resync interval. The memory saves work and decides nothing else: it is
 * empty after a restart.
 */
export class Fights {
  readonly #corrections = new Map<string, Corrections>();
  readonly #resyncMs: number;

  constructor({ resyncMs }: { readonly resyncMs: number }) {
    this.#resyncMs = resyncMs;
  }

  /** An object that did exist or was applied before has been brought back to what the work lists. */
  corrected(
    contender: Contender,
    { nowMs, rival }: { readonly nowMs: number; readonly rival: string | undefined },
  ): void {
    this.#forgetOld(nowMs);
    const before = this.#recent(contender, nowMs);
    const count = before === undefined ? 0 : before.count + 1;
    this.#corrections.delete(keyOf(contender));
    this.#corrections.set(keyOf(contender), { generation: contender.generation, count, atMs: nowMs, rival });
  }

  /** The fight over an object; `undefined` when there is none. Without a rival it is one of works, when others list the object. */
  over(contender: Contender, nowMs: number): Fight | undefined {
    const recent = this.#recent(contender, nowMs);
    const patience = recent?.rival === undefined ? KNOWN_RIVAL : PATIENCE;
    if (recent === undefined || recent.count < patience) return undefined;
    return { heldUntilMs: recent.atMs + waitMs(recent.count, this.#resyncMs), rival: recent.rival };
  }

  /** Whether the object is to be left as it is for now, whatever the generation of the work. */
  isHeld({ work, id }: Pick<Contender, 'work' | 'id'>, nowMs: number): boolean {
    const generation = this.#corrections.get(keyOf({ work, id }))?.generation;
    if (generation === undefined) return false;
    return (this.over({ work, id, generation }, nowMs)?.heldUntilMs ?? 0) > nowMs;
  }

  #recent(contender: Contender, nowMs: number): Corrections | undefined {
    const found = this.#corrections.get(keyOf(contender));
    if (found?.generation !== contender.generation) return undefined;
    return this.#isOver(found, nowMs) ? undefined : found;
  }

  #isOver({ atMs }: Corrections, nowMs: number): boolean {
    const quietMs = nowMs - atMs;
    // When the clock was set back nobody knows how long it has been quiet: a fight that goes on is met again.
    return quietMs < 0 || quietMs > QUIET_RESYNCS * this.#resyncMs;
  }

  // Corrections are rare, and what is remembered of them is in the order of time.
  #forgetOld(nowMs: number): void {
    for (const [key, corrections] of this.#corrections) {
      if (!this.#isOver(corrections, nowMs)) return;
      this.#corrections.delete(key);
    }
  }
}

/** How long an object is left alone after so many corrections. */
function waitMs(count: number, resyncMs: number): number {
  return count < PATIENCE ? 0 : Math.min(FIRST_WAIT_MS * WAIT_GROWTH ** (count - PATIENCE), resyncMs);
}

function keyOf({ work, id }: Pick<Contender, 'work' | 'id'>): string {
  return `${work} ${resourceKey(id)}`;
}
