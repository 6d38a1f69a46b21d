import { type PartialResourceId, type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import type { TypeUse } from './plan-watches.ts';

/** An object that a work lists. */
export interface WantedObject extends PartialResourceId {
  readonly resource: string;
  readonly version: string;
  readonly name: string;
  /** Values of it are reported, so that it matters most to hear of its changes. */
  readonly isReported: boolean;
}

interface Wish {
  /** `resourceKey` of the object. */
  readonly key: string;
  readonly group: string;
  readonly resource: string;
  readonly version: string;
  readonly namespace: string;
  readonly isReported: boolean;
}

/** Which works list which objects, kept up with the works, so that no change costs more than itself. */
export class WantedObjects {
  readonly #wishes = new Map<string, readonly Wish[]>();
  /** Most objects are listed by one work. */
  readonly #works = new Map<string, string | ReadonlySet<string>>();
  readonly #types = new Map<string, CountedType>();

  /** What a work lists now. Returns whether that is something else than before. */
  set(work: string, objects: readonly WantedObject[]): boolean {
    const before = this.#wishes.get(work) ?? [];
    const wishes = objects.map(wishFor);
    const isSame = wishes.length === before.length && wishes.every((wish, at) => isSameWish(wish, before[at]));
    if (isSame) return false;
    for (const wish of before) this.#drop(work, wish);
    for (const wish of wishes) this.#add(work, wish);
    if (wishes.length === 0) this.#wishes.delete(work);
    else this.#wishes.set(work, wishes);
    return true;
  }

  delete(work: string): void {
    this.set(work, []);
  }

  has(key: string): boolean {
    return this.#works.has(key);
  }

  /** The works that list the object with this `resourceKey`. */
  worksOf(key: string): Iterable<string> {
    const works = this.#works.get(key) ?? [];
    return typeof works === 'string' ? [works] : works;
  }

  /** Those of them that report values of it. */
  reportersOf(key: string): Iterable<string> {
    const isReport = (wish: Wish): boolean => wish.isReported && wish.key === key;
    return [...this.worksOf(key)].filter((work) => this.#wishes.get(work)?.some(isReport) === true);
  }

  /** Whether several works list the object with this `resourceKey`. */
  isShared(key: string): boolean {
    return typeof this.#works.get(key) === 'object';
  }

  /** The objects of a scope, by its key: `group/resource`, or `group/resource/namespace`. */
  *within(scope: string): Iterable<ResourceId> {
    for (const key of this.#works.keys()) {
      if (!key.startsWith(`${scope}/`)) continue;
      const [group = '', resource = '', namespace = '', name = ''] = key.split('/');
      yield { group, resource, namespace, name };
    }
  }

  /** How each type of resource is used. */
  types(): Iterable<TypeUse> {
    return this.#types.values();
  }

  #add(work: string, wish: Wish): void {
    const works = this.#works.get(wish.key);
    if (works === undefined) this.#works.set(wish.key, work);
    else if (works !== work)
      this.#works.set(wish.key, new Set(typeof works === 'string' ? [works, work] : works).add(work));
    this.#count(wish, 1);
  }

  #drop(work: string, wish: Wish): void {
    const works = this.#works.get(wish.key);
    const left = typeof works === 'object' ? new Set(works) : new Set<string>();
    left.delete(work);
    const [only] = left;
    if (only === undefined) this.#works.delete(wish.key);
    else this.#works.set(wish.key, left.size === 1 ? only : left);
    this.#count(wish, -1);
  }

  #count({ group, resource, version, namespace, isReported }: Wish, by: 1 | -1): void {
    const type = `${group}/${resource}`;
    const use: CountedType = this.#types.get(type) ?? {
      sample: { group, resource, version },
      byNamespace: new Map(),
      byVersion: new Map(),
    };
    const { objects, reported } = use.byNamespace.get(namespace) ?? { objects: 0, reported: 0 };
    const next = { objects: objects + by, reported: reported + (isReported ? by : 0) };
    if (next.objects > 0) use.byNamespace.set(namespace, next);
    else use.byNamespace.delete(namespace);
    countVersion(use, version, by);
    if (use.byNamespace.size > 0) this.#types.set(type, use);
    else this.#types.delete(type);
  }
}

/** A version that no work names any more may soon not be served either; one that some still name is kept, as a watch costs a list. */
function countVersion(use: CountedType, version: string, by: 1 | -1): void {
  const { byVersion, sample } = use;
  const count = (byVersion.get(version) ?? 0) + by;
  if (count > 0) byVersion.set(version, count);
  else byVersion.delete(version);
  const [other = sample.version] = byVersion.keys();
  if (!byVersion.has(sample.version)) use.sample = { ...sample, version: other };
}

function isSameWish({ key, version, isReported }: Wish, before: Wish | undefined): boolean {
  return key === before?.key && version === before.version && isReported === before.isReported;
}

function wishFor(object: WantedObject): Wish {
  const { group = '', resource, version, namespace = '', isReported } = object;
  return { key: resourceKey(object), group, resource, version, namespace, isReported };
}

interface CountedType extends TypeUse {
  sample: TypeUse['sample'];
  /** How many of the objects are listed in each version. */
  readonly byVersion: Map<string, number>;
  readonly byNamespace: Map<string, { readonly objects: number; readonly reported: number }>;
}
