import type { KubeObject } from '@ocm/api';
import { keyOf } from '../object-key.ts';
import { isOlder } from './resource-version.ts';

interface Expected {
  readonly uid: string | undefined;
  /** Of the object as it was written; `undefined` when it was deleted. */
  readonly resourceVersion: string | undefined;
}

/**
 * What was written here and has not come back in the watch yet. The watch shows the past: what it says of such an object is left out until it
 * has caught up.
 */
export class OwnWrites {
  readonly #expected = new Map<string, Expected>();
  /** The last thing that the watch has shown. */
  #shown: string | undefined;

  /** Whether the object is news to the watch. @param written as the server returned it */
  expect(written: KubeObject): boolean {
    const { uid, resourceVersion } = written.metadata;
    if (resourceVersion === undefined || this.#shown === undefined) return false;
    if (!isOlder(this.#shown, resourceVersion)) return false;
    this.#expected.set(keyOf(written), { uid, resourceVersion });
    return true;
  }

  /** The object has been deleted here. */
  expectGone(seen: KubeObject): void {
    this.#expected.set(keyOf(seen), { uid: seen.metadata.uid, resourceVersion: undefined });
  }

  /** Whether what the watch shows is not behind what was written. */
  admits(shown: KubeObject): boolean {
    const { uid, resourceVersion } = shown.metadata;
    this.#shown = resourceVersion ?? this.#shown;
    const key = keyOf(shown);
    const expected = this.#expected.get(key);
    if (expected === undefined) return true;
    const isBehind =
      expected.uid === uid &&
      (expected.resourceVersion === undefined ||
        (resourceVersion !== undefined && isOlder(resourceVersion, expected.resourceVersion)));
    if (!isBehind) this.#expected.delete(key);
    return !isBehind;
  }

  /** The watch shows the end of the object. */
  ended(shown: KubeObject): void {
    this.#shown = shown.metadata.resourceVersion ?? this.#shown;
    this.#expected.delete(keyOf(shown));
  }

  /** A list is complete: it says what there is, whatever came before. */
  listed(resourceVersion: string): void {
    this.#expected.clear();
    this.#shown = resourceVersion;
  }
}
