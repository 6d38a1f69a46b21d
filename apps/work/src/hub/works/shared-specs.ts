import type { ManifestWork } from '@ocm/api';

type Spec = NonNullable<ManifestWork['spec']>;

/** Templates that are remembered at once: more than there are rollouts in progress on a hub. */
const REMEMBERED = 500;

/**
 * The works of a replica set all have the same spec: it is held once, not once per cluster. What it hands out may be compared by identity
 * first; equal specs are nearly always the same object.
 */
export class SharedSpecs {
  /** By their text, the least recently used first. */
  readonly #specs = new Map<string, WeakRef<Spec>>();

  share(spec: Spec): Spec {
    const text = JSON.stringify(spec);
    const known = this.#specs.get(text)?.deref();
    this.#specs.delete(text);
    this.#specs.set(text, new WeakRef(known ?? spec));
    if (this.#specs.size > REMEMBERED) this.#forgetOldest();
    return known ?? spec;
  }

  #forgetOldest(): void {
    for (const text of this.#specs.keys()) {
      this.#specs.delete(text);
      return;
    }
  }
}
