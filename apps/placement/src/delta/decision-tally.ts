import type { PlacementDecision } from '@ocm/api';
import { decidedClusters } from '@ocm/fleet';
import { keyOf } from '@ocm/kube';
import { type ClusterId, type ClusterTable, copyInto } from './cluster-table.ts';

type Ids = readonly ClusterId[];

/** The decisions of one Placement. */
interface Account {
  readonly slices: Map<string, Ids>;
  /** What it is about to decide; counts instead of its slices. */
  intended: Ids | undefined;
  /** Grows with each change. */
  revision: number;
}

/**
 * How often each cluster is chosen on the whole hub (placement 6.2), kept up to date slice by slice. A Placement whose slices are being
 * written counts as if they had been: whoever decides meanwhile sees the same as if Placements were decided one after the other.
 */
export class DecisionTally {
  readonly #table: ClusterTable;
  readonly #placementOf: (slice: PlacementDecision) => string | undefined;
  readonly #accounts = new Map<string, Account>();
  /** By slice: the account that it counts for. */
  readonly #accountOf = new Map<string, string>();
  #counts: Int32Array;
  /** How many clusters have each count. */
  readonly #clustersWith = new Map<number, number>();
  #largest = 0;
  #revision = 0;

  /** @param placementOf key of the Placement that a slice belongs to by its label */
  constructor(table: ClusterTable, placementOf: (slice: PlacementDecision) => string | undefined) {
    this.#table = table;
    this.#placementOf = placementOf;
    this.#counts = new Int32Array(table.capacity);
  }

  /** Grows with each change. */
  get revision(): number {
    return this.#revision;
  }

  /** Grows with each change of the Placement's own decisions. */
  revisionOf(placement: string): number {
    return this.#accounts.get(placement)?.revision ?? 0;
  }

  /** By cluster id, for all ids of the table. */
  get counts(): Int32Array {
    const { capacity } = this.#table;
    if (this.#counts.length < capacity) this.#counts = copyInto(new Int32Array(capacity), this.#counts);
    return this.#counts;
  }

  add(slice: PlacementDecision): void {
    // A slice without a Placement counts for itself.
    const key = this.#placementOf(slice) ?? `slice ${keyOf(slice)}`;
    const account = this.#account(key);
    const ids = this.#hold(decidedClusters(slice));
    account.slices.set(keyOf(slice), ids);
    this.#accountOf.set(keyOf(slice), key);
    if (account.intended === undefined) this.#count(ids, 1);
  }

  /** Takes back the `add` of the slice. What it says by now does not matter: the last that is heard of it may be a label that never came before. */
  remove(slice: PlacementDecision): void {
    const key = this.#accountOf.get(keyOf(slice));
    if (key === undefined) return;
    this.#accountOf.delete(keyOf(slice));
    const account = this.#account(key);
    const ids = account.slices.get(keyOf(slice)) ?? [];
    account.slices.delete(keyOf(slice));
    if (account.intended === undefined) this.#count(ids, -1);
    this.#release(ids);
    this.#forgetEmpty(key, account);
  }

  /** From now on the Placement counts with these clusters, until it is settled. */
  intend(placement: string, clusters: readonly string[]): void {
    const account = this.#account(placement);
    const before = this.own(placement);
    const ids = this.#hold(clusters);
    const replaced = account.intended;
    account.intended = ids;
    this.#count(before, -1);
    this.#count(ids, 1);
    if (replaced !== undefined) this.#release(replaced);
  }

  /** The Placement counts with its slices as they are. */
  settle(placement: string): void {
    const account = this.#accounts.get(placement);
    const intended = account?.intended;
    if (account === undefined || intended === undefined) return;
    account.intended = undefined;
    this.#revision += 1;
    account.revision = this.#revision;
    this.#count(intended, -1);
    this.#count(this.own(placement), 1);
    this.#release(intended);
    this.#forgetEmpty(placement, account);
  }

  /** What the Placement itself contributes, with repetitions. */
  own(placement: string): Ids {
    const account = this.#accounts.get(placement);
    return account?.intended ?? [...(account?.slices.values() ?? [])].flat();
  }

  /** The largest count of any cluster name that is left when a Placement's own decisions are taken away. */
  largestWithout(own: Ids): number {
    const times = new Map<ClusterId, number>();
    for (const id of own) times.set(id, (times.get(id) ?? 0) + 1);
    const ownWith = new Map<number, number>();
    let largestOwn = 0;
    for (const [id, count] of times) {
      const all = this.#counts[id] ?? 0;
      ownWith.set(all, (ownWith.get(all) ?? 0) + 1);
      largestOwn = Math.max(largestOwn, all - count);
    }
    // The largest count of a cluster that is not among the Placement's own.
    let level = this.#largest;
    while (level > largestOwn && (this.#clustersWith.get(level) ?? 0) === (ownWith.get(level) ?? 0)) level -= 1;
    return Math.max(level, largestOwn);
  }

  /** For a change: there is one afterwards, and its revision is new. */
  #account(key: string): Account {
    this.#revision += 1;
    const known = this.#accounts.get(key);
    const account = known ?? { slices: new Map<string, Ids>(), intended: undefined, revision: 0 };
    account.revision = this.#revision;
    this.#accounts.set(key, account);
    return account;
  }

  #forgetEmpty(key: string, { slices, intended }: Account): void {
    if (slices.size === 0 && intended === undefined) this.#accounts.delete(key);
  }

  #hold(clusters: readonly string[]): Ids {
    return clusters.map((name) => this.#table.hold(name));
  }

  /** Only after the ids have been counted out. */
  #release(ids: Ids): void {
    for (const id of ids) this.#table.release(id);
  }

  #count(ids: Ids, step: 1 | -1): void {
    const { counts } = this;
    for (const id of ids) {
      const before = counts[id] ?? 0;
      counts[id] = before + step;
      this.#move(before, -1);
      this.#move(before + step, 1);
      this.#largest = Math.max(this.#largest, before + step);
    }
    while (this.#largest > 0 && !this.#clustersWith.has(this.#largest)) this.#largest -= 1;
  }

  #move(count: number, step: 1 | -1): void {
    if (count === 0) return;
    const clusters = (this.#clustersWith.get(count) ?? 0) + step;
    if (clusters > 0) this.#clustersWith.set(count, clusters);
    else this.#clustersWith.delete(count);
  }
}
