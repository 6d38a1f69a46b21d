const MOST = 100_000;
const MOST_PER_CLUSTER = 10_000;

/** What works contain that were found after a restart, as hashes, by uid: so many of each cluster, that none takes the room of the others. */
export class FoundSpecs {
  readonly #found = new Map<string, { readonly cluster: string; readonly hash: string }>();
  readonly #counts = new Map<string, number>();
  readonly #overlooked = new Set<string>();

  /** `undefined` for a work that is not among them, empty for one of which no hash was told. */
  hash(uid: string): string | undefined {
    return this.#found.get(uid)?.hash;
  }

  /** Notes a work that was found; false when there is no room for it. */
  note(uid: string, { cluster, hash = '' }: { readonly cluster: string; readonly hash: string | undefined }): boolean {
    this.forget(uid);
    const count = this.#counts.get(cluster) ?? 0;
    if (this.#found.size >= MOST || count >= MOST_PER_CLUSTER) {
      this.#overlooked.add(cluster);
      return false;
    }
    this.#found.set(uid, { cluster, hash });
    this.#counts.set(cluster, count + 1);
    return true;
  }

  forget(uid: string): void {
    const found = this.#found.get(uid);
    if (found === undefined) return;
    this.#found.delete(uid);
    const left = (this.#counts.get(found.cluster) ?? 0) - 1;
    if (left > 0) this.#counts.set(found.cluster, left);
    else this.#counts.delete(found.cluster);
  }

  /** Whether there was no room for a work of this cluster: what is unknown may be one of those, and is not to be deleted. */
  hasOverlooked(cluster: string): boolean {
    return this.#overlooked.has(cluster);
  }
}
