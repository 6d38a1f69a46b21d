import type { ManifestWork } from '@ocm/api';
import { createHash } from 'node:crypto';

type Spec = NonNullable<ManifestWork['spec']>;

/**
 * The works of a replica set all have the same spec: it is held once, not once per cluster, for as long as anybody uses it. What it hands out
 * may be compared by identity first; equal specs are nearly always the same object.
 */
export class SharedSpecs {
  /** By the hash of their text, which may be half a megabyte. */
  readonly #specs = new Map<string, WeakRef<Spec>>();
  readonly #unused = new FinalizationRegistry((hash: string) => {
    if (this.#specs.get(hash)?.deref() === undefined) this.#specs.delete(hash);
  });

  /** How many are remembered. */
  get size(): number {
    return this.#specs.size;
  }

  share(spec: Spec): Spec {
    const hash = createHash('sha256').update(JSON.stringify(spec)).digest('base64');
    const known = this.#specs.get(hash)?.deref();
    if (known !== undefined) return known;
    this.#specs.set(hash, new WeakRef(spec));
    this.#unused.register(spec, hash);
    return spec;
  }
}
