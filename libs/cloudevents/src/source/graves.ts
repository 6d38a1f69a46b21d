const MOST = 10_000;

/** Works that were deleted here and may still be somewhere, by uid, with the version they had; the last ten thousand. */
export class Graves {
  readonly #versions = new Map<string, number>();

  dig(uid: string, version: number): void {
    this.#versions.delete(uid);
    this.#versions.set(uid, version);
    if (this.#versions.size > MOST) this.#closeOldest();
  }

  has(uid: string): boolean {
    return this.#versions.has(uid);
  }

  /** 0 for a work that is not here. */
  version(uid: string): number {
    return this.#versions.get(uid) ?? 0;
  }

  /** The agent has said that nothing is left, or there is such a work again. */
  close(uid: string): void {
    this.#versions.delete(uid);
  }

  #closeOldest(): void {
    for (const uid of this.#versions.keys()) {
      this.#versions.delete(uid);
      return;
    }
  }
}
