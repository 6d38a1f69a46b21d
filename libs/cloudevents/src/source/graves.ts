import { compareSequenceIds } from '../sequence-id.ts';

const MOST = 10_000;

/** What is remembered of a work that was deleted here. */
interface Grave {
  readonly cluster: string;
  readonly version: number;
  /** Of the last status, that of its end if there was one. */
  readonly sequenceId: string | undefined;
}

/** Works that were deleted here and of which something may still be on its way, by uid; the last ten thousand. */
export class Graves {
  readonly #graves = new Map<string, Grave>();

  dig(uid: string, grave: Grave): void {
    this.#graves.delete(uid);
    this.#graves.set(uid, grave);
    if (this.#graves.size > MOST) this.#closeOldest();
  }

  has(uid: string): boolean {
    return this.#graves.has(uid);
  }

  /** 0 for a work that is not here. */
  version(uid: string): number {
    return this.#graves.get(uid)?.version ?? 0;
  }

  sequenceId(uid: string): string | undefined {
    return this.#graves.get(uid)?.sequenceId;
  }

  /** Its agent has said that nothing is left: what it said before does not count any more. What other clusters say of it counts for nothing. */
  noteEnd(uid: string, cluster: string, sequenceId: string): void {
    const grave = this.#graves.get(uid);
    if (grave?.cluster === cluster && this.isNews(uid, cluster, sequenceId))
      this.#graves.set(uid, { ...grave, sequenceId });
  }

  /** Whether a status of the work is later than all that its cluster has said of it. Of a work that is not here, everything is. */
  isNews(uid: string, cluster: string, sequenceId: string): boolean {
    const grave = this.#graves.get(uid);
    const last = grave?.cluster === cluster ? grave.sequenceId : undefined;
    return compareSequenceIds(last, sequenceId) === 'newer';
  }

  /** There is such a work again. */
  close(uid: string): void {
    this.#graves.delete(uid);
  }

  #closeOldest(): void {
    for (const uid of this.#graves.keys()) {
      this.#graves.delete(uid);
      return;
    }
  }
}
