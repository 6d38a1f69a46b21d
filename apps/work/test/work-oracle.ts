import type { UpdateStrategy } from '@ocm/api';

/** What a work asks for one object. */
export interface Wish {
  readonly value: string;
  readonly strategy: UpdateStrategy['type'];
  /** The object stays when the work goes (work 9.2). */
  readonly orphan: boolean;
}

/** Wishes of a work by the name of the object. */
export type WishList = ReadonlyMap<string, Wish>;

/** An object of the managed cluster; `owners` are works. */
export interface ModelObject {
  readonly value: string;
  readonly owners: ReadonlySet<string>;
}

/** What happens to the world from outside the agent. */
export type Happening =
  | { readonly kind: 'apply-work'; readonly work: string; readonly wishes: WishList }
  | { readonly kind: 'delete-work'; readonly work: string }
  | { readonly kind: 'write-object'; readonly name: string; readonly value: string }
  | { readonly kind: 'delete-object'; readonly name: string }
  | { readonly kind: 'disown-object'; readonly name: string }
  | { readonly kind: 'restart-agent' };

/**
 * What the managed cluster looks like when the agent has done all it has to do: the specification (work 7 to 9) without time, failures and
 * the order of requests.
 */
export class WorkOracle {
  readonly objects = new Map<string, ModelObject>();
  readonly works = new Map<string, WishList>();
  /** Objects that a work has put down as applied, by work. */
  readonly records = new Map<string, ReadonlySet<string>>();

  apply(happening: Happening): void {
    switch (happening.kind) {
      case 'apply-work':
        this.works.set(happening.work, happening.wishes);
        break;
      case 'delete-work':
        this.#delete(happening.work);
        break;
      case 'write-object':
        this.#write(happening.name, { value: happening.value });
        break;
      case 'delete-object':
        this.objects.delete(happening.name);
        break;
      case 'disown-object':
        this.#write(happening.name, { owners: new Set() });
        break;
      case 'restart-agent':
        break;
    }
    // An object that one work lets go may be missed by another.
    for (let pass = 0; pass <= this.works.size; pass += 1) {
      for (const [work, wishes] of this.works) this.#reconcile(work, wishes);
    }
  }

  #delete(work: string): void {
    for (const [name, { orphan }] of this.works.get(work) ?? []) {
      if (orphan) this.#disown(name, work);
    }
    this.#prune(work, this.records.get(work) ?? new Set());
    this.works.delete(work);
    this.records.delete(work);
  }

  #reconcile(work: string, wishes: WishList): void {
    for (const [name, wish] of wishes) this.#fulfil(work, name, wish);
    const known = this.records.get(work) ?? new Set();
    this.#prune(work, new Set([...known].filter((name) => !wishes.has(name))));
    this.records.set(work, new Set([...wishes.keys()].filter((name) => this.objects.has(name))));
  }

  #fulfil(work: string, name: string, { value, strategy, orphan }: Wish): void {
    if (strategy === 'ReadOnly') return;
    const live = this.objects.get(name);
    const owners = new Set(live?.owners);
    if (orphan) owners.delete(work);
    else owners.add(work);
    this.#write(name, { value: strategy === 'Update' ? value : (live?.value ?? value), owners });
  }

  /** Lets go of objects: those of nobody else go (work 9.3). */
  #prune(work: string, names: ReadonlySet<string>): void {
    for (const name of names) {
      const live = this.objects.get(name);
      if (live?.owners.has(work) !== true) continue;
      if (live.owners.size > 1) this.#disown(name, work);
      else this.objects.delete(name);
    }
  }

  #disown(name: string, work: string): void {
    const live = this.objects.get(name);
    if (live === undefined) return;
    this.#write(name, { owners: new Set([...live.owners].filter((owner) => owner !== work)) });
  }

  #write(name: string, { value, owners }: Partial<ModelObject>): void {
    const live = this.objects.get(name);
    this.objects.set(name, { value: value ?? live?.value ?? '', owners: owners ?? live?.owners ?? new Set() });
  }
}
