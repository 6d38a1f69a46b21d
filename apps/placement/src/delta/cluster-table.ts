import type { ManagedCluster } from '@ocm/api';
import { compareNames } from '@ocm/fleet';
import { allocatableAmount } from '../schedule/scores.ts';

/** Changes that are remembered; who has missed more looks at everything again. */
const LOG_LENGTH = 20_000;
const FIRST_CAPACITY = 256;

/** A small number that stands for a name, so that what is known of clusters fits in columns. Reused when nobody holds the name any more. */
export type ClusterId = number;

/**
 * All clusters of the hub, each in a row of its own, and a log of which rows have changed. Whoever derives something from clusters remembers
 * the revision that it has seen and catches up with what came since.
 */
export class ClusterTable {
  readonly #ids = new Map<string, ClusterId>();
  readonly #names: (string | undefined)[] = [];
  readonly #holders: number[] = [];
  /** Free ids, the longest free first, with the revision at which they became so. */
  readonly #free: { readonly id: ClusterId; readonly revision: number }[] = [];
  readonly #clusters: (ManagedCluster | undefined)[] = [];
  #versions = new Uint32Array(FIRST_CAPACITY);
  #amounts = { cpu: new Float64Array(FIRST_CAPACITY), memory: new Float64Array(FIRST_CAPACITY) };
  #log: ClusterId[] = [];
  #logStart = 0;
  /** Rows with a cluster by its name; `undefined` until somebody asks. */
  #order: ClusterId[] | undefined;

  /** Grows with each change. */
  get revision(): number {
    return this.#logStart + this.#log.length;
  }

  /** One more than any id. Columns have at least this length. */
  get capacity(): number {
    return this.#versions.length;
  }

  put(cluster: ManagedCluster): void {
    const { name } = cluster.metadata;
    const known = this.#ids.get(name);
    const isNew = known === undefined || this.#clusters[known] === undefined;
    const id = isNew ? this.hold(name) : known;
    this.#clusters[id] = cluster;
    this.#amounts.cpu[id] = allocatableAmount(cluster, 'cpu') ?? NaN;
    this.#amounts.memory[id] = allocatableAmount(cluster, 'memory') ?? NaN;
    if (isNew) this.#order?.splice(this.#position(this.#order, name), 0, id);
    this.#changed(id);
  }

  remove(name: string): void {
    const id = this.#ids.get(name);
    if (id === undefined || this.#clusters[id] === undefined) return;
    this.#clusters[id] = undefined;
    this.#order?.splice(this.#position(this.#order, name), 1);
    this.#changed(id);
    this.release(id);
  }

  /** Something that belongs to the cluster has changed, such as its scores. */
  touch(name: string): void {
    const id = this.#ids.get(name);
    if (id !== undefined && this.#clusters[id] !== undefined) this.#changed(id);
  }

  cluster(id: ClusterId): ManagedCluster | undefined {
    return this.#clusters[id];
  }

  idOf(name: string): ClusterId | undefined {
    return this.#ids.get(name);
  }

  nameOf(id: ClusterId): string {
    const name = this.#names[id];
    if (name === undefined) throw new RangeError(`row ${id} belongs to no cluster`);
    return name;
  }

  /** Changes with the cluster, and with whatever it was touched for. */
  version(id: ClusterId): number {
    return this.#versions[id] ?? 0;
  }

  /** Allocatable amounts by id; NaN for a cluster that does not take part (placement 6.4). */
  amounts(resource: 'cpu' | 'memory'): Float64Array {
    return this.#amounts[resource];
  }

  /** Ids of all clusters, by name. */
  ordered(): readonly ClusterId[] {
    return (this.#order ??= [...this.#ids]
      .filter(([, id]) => this.#clusters[id] !== undefined)
      .toSorted(([a], [b]) => compareNames(a, b))
      .map(([, id]) => id));
  }

  /** What has changed since a revision, maybe several times the same; `undefined` when that is too long ago. */
  changedSince(revision: number): readonly ClusterId[] | undefined {
    return revision < this.#logStart ? undefined : this.#log.slice(revision - this.#logStart);
  }

  /** The id of a name, whether or not there is such a cluster. It stays until it is released as often. */
  hold(name: string): ClusterId {
    const known = this.#ids.get(name);
    const id = known ?? this.#reusable() ?? this.#names.length;
    if (known === undefined) {
      this.#ids.set(name, id);
      this.#names[id] = name;
      if (id >= this.capacity) this.#grow();
    }
    this.#holders[id] = (this.#holders[id] ?? 0) + 1;
    return id;
  }

  release(id: ClusterId): void {
    const holders = (this.#holders[id] ?? 0) - 1;
    this.#holders[id] = holders;
    if (holders > 0) return;
    this.#ids.delete(this.nameOf(id));
    this.#names[id] = undefined;
    this.#free.push({ id, revision: this.revision });
  }

  /** Not before everybody has had to notice that the former cluster is gone. */
  #reusable(): ClusterId | undefined {
    const [first] = this.#free;
    return first === undefined || first.revision >= this.#logStart ? undefined : this.#free.shift()?.id;
  }

  #changed(id: ClusterId): void {
    this.#versions[id] = this.version(id) + 1;
    this.#log.push(id);
    if (this.#log.length < 2 * LOG_LENGTH) return;
    this.#log = this.#log.slice(LOG_LENGTH);
    this.#logStart += LOG_LENGTH;
  }

  #grow(): void {
    const capacity = this.capacity * 2;
    this.#versions = copyInto(new Uint32Array(capacity), this.#versions);
    this.#amounts = {
      cpu: copyInto(new Float64Array(capacity), this.#amounts.cpu),
      memory: copyInto(new Float64Array(capacity), this.#amounts.memory),
    };
  }

  /** Where a name is, or would be, among ordered ids. */
  #position(order: readonly ClusterId[], name: string): number {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareNames(this.nameOf(order[middle] ?? 0), name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Fills the beginning of a new column with an old one. */
export function copyInto<Column extends Uint8Array | Uint32Array | Int32Array | Float64Array>(
  column: Column,
  old: Column,
): Column {
  column.set(old);
  return column;
}
