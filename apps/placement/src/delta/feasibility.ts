import { isDeleting, type ManagedCluster, type ManagedClusterSet, type Taint } from '@ocm/api';
import { isMember, setMembership, type SetMembership } from '@ocm/fleet';
import type { CompiledSpec } from '../schedule/compile-spec.ts';
import type { PredicateFailure } from '../schedule/predicates.ts';
import { judgeTaints, type Tolerations } from '../schedule/tolerations.ts';
import { type ClusterId, type ClusterTable, copyInto } from './cluster-table.ts';

/** In a set. */
const MEMBER = 1;
/** Passes the predicates. */
const MATCH = 2;
/** Passes the taints as well. */
const TOLERATED = 4;
/** Ranks after all others: a PreferNoSelect taint. */
const AVOIDED = 8;
/** Whether it passes the taints depends on the time, or on the Placement's decisions. */
const CONDITIONAL = 16;

/** The rules by which clusters are admitted to the ranking. */
export interface FeasibilityRules extends Pick<CompiledSpec, 'predicates' | 'tolerations'> {
  /** Names of the eligible sets. */
  readonly sets: readonly string[];
  readonly findSet: (name: string) => ManagedClusterSet | undefined;
}

/**
 * Which clusters the sets, predicates and taints let through. What is known of a cluster holds until that cluster changes; Placements with the same
 * rules share it.
 */
export class Feasibility {
  readonly #table: ClusterTable;
  readonly #rules: FeasibilityRules;
  #sets: readonly ManagedClusterSet[] = [];
  #memberships: readonly SetMembership[] = [];
  #seen = -1;
  #codes: Uint8Array;
  #stale: ClusterId[] = [];
  #isStale: Uint8Array;
  #available = 0;
  #matching = 0;
  #conditional = 0;
  #avoided = 0;
  #revision = 0;
  #passing: readonly ClusterId[] | undefined;

  constructor(table: ClusterTable, rules: FeasibilityRules) {
    this.#table = table;
    this.#rules = rules;
    this.#codes = new Uint8Array(table.capacity);
    this.#isStale = new Uint8Array(table.capacity);
  }

  /** Grows when another cluster passes, or one of those that pass has changed. */
  get revision(): number {
    return this.#revision;
  }

  /** How many clusters are in the sets. */
  get available(): number {
    return this.#available;
  }

  /** How many of them pass the predicates. */
  get matching(): number {
    return this.#matching;
  }

  /** Whether `isConditional` holds for any. */
  get hasConditional(): boolean {
    return this.#conditional > 0;
  }

  /** Clusters that pass, for now or for ever, by name. */
  get passing(): readonly ClusterId[] {
    const codes = this.#codes;
    return (this.#passing ??= this.#table
      .ordered()
      .filter((id) => ((codes[id] ?? 0) & (TOLERATED | CONDITIONAL)) !== 0));
  }

  /** Whether `isAvoided` holds for any. */
  get hasAvoided(): boolean {
    return this.#avoided > 0;
  }

  isAvoided(id: ClusterId): boolean {
    return ((this.#codes[id] ?? 0) & AVOIDED) !== 0;
  }

  /** Its taints have to be looked at each time. */
  isConditional(id: ClusterId): boolean {
    return ((this.#codes[id] ?? 0) & CONDITIONAL) !== 0;
  }

  /** Notes which clusters have to be judged again. */
  catchUp(): void {
    const table = this.#table;
    this.#makeRoom(table.capacity);
    const sets = this.#rules.sets.flatMap((name) => this.#rules.findSet(name) ?? []);
    const isSame = sets.length === this.#sets.length && sets.every((set, index) => set === this.#sets[index]);
    if (!isSame) {
      this.#sets = sets;
      this.#memberships = sets.map(setMembership);
    }
    const changed = isSame && this.#seen >= 0 ? table.changedSince(this.#seen) : undefined;
    this.#seen = table.revision;
    if (changed === undefined) {
      for (let id = 0; id < table.capacity; id += 1) this.#setStale(id);
    } else for (const id of changed) this.#setStale(id);
  }

  /** Judges clusters until all are judged or it is told to pause. @returns whether all are */
  judge(shouldPause: () => boolean): boolean {
    const again: ClusterId[] = [];
    for (let id = this.#stale.pop(); id !== undefined; id = this.#stale.pop()) {
      this.#isStale[id] = 0;
      const cluster = this.#table.cluster(id);
      const { code, isFinal } = cluster === undefined ? NOTHING : this.#judgeOne(cluster);
      this.#enter(id, code);
      if (!isFinal) again.push(id);
      if (cluster !== undefined && shouldPause()) break;
    }
    const isDone = this.#stale.length === 0;
    for (const id of again) this.#setStale(id);
    return isDone;
  }

  #setStale(id: ClusterId): void {
    if (this.#isStale[id] === 1) return;
    this.#isStale[id] = 1;
    this.#stale.push(id);
  }

  #makeRoom(capacity: number): void {
    if (this.#codes.length >= capacity) return;
    this.#codes = copyInto(new Uint8Array(capacity), this.#codes);
    this.#isStale = copyInto(new Uint8Array(capacity), this.#isStale);
  }

  #judgeOne(cluster: ManagedCluster): Judgement {
    const { labels } = cluster.metadata;
    const { predicates, tolerations } = this.#rules;
    if (isDeleting(cluster) || !this.#memberships.some((membership) => isMember(membership, labels))) return NOTHING;
    if (predicates.kind === 'misconfigured') return { code: MEMBER, isFinal: true };
    let isFinal = true;
    let isMatch = predicates.predicates.length === 0;
    for (const predicate of predicates.predicates) {
      const failure = predicate(cluster);
      isMatch = failure === undefined;
      if (isMatch) break;
      isFinal &&= !wasInterrupted(failure);
    }
    if (!isMatch) return { code: MEMBER, isFinal };
    const taint = tolerations.kind === 'misconfigured' ? 0 : taintCode(cluster, tolerations);
    return { code: MEMBER | MATCH | taint, isFinal: true };
  }

  #enter(id: ClusterId, code: number): void {
    const before = this.#codes[id] ?? 0;
    if (((before | code) & (TOLERATED | CONDITIONAL)) !== 0) {
      this.#revision += 1;
      this.#passing = undefined;
    } else if (before !== code) this.#revision += 1;
    this.#codes[id] = code;
    this.#available += difference(code, before, MEMBER);
    this.#matching += difference(code, before, MATCH);
    this.#conditional += difference(code, before, CONDITIONAL);
    this.#avoided += difference(code, before, AVOIDED);
  }
}

function wasInterrupted(failure: PredicateFailure | undefined): boolean {
  return failure?.kind === 'expression' && failure.answer.kind === 'failed' && failure.answer.isInterrupted === true;
}

interface Judgement {
  readonly code: number;
  /** Whether it holds until the cluster changes. */
  readonly isFinal: boolean;
}

const NOTHING: Judgement = { code: 0, isFinal: true };

function difference(after: number, before: number, flag: number): number {
  return Number((after & flag) !== 0) - Number((before & flag) !== 0);
}

function taintCode(cluster: ManagedCluster, tolerations: Tolerations): number {
  const taints = cluster.spec?.taints ?? [];
  if (taints.length === 0) return TOLERATED;
  if (dependsOnMoment(taints, tolerations)) return CONDITIONAL;
  const verdict = judgeTaints(cluster, tolerations, { isExisting: false, nowMs: 0 });
  if (verdict.kind === 'repelled') return 0;
  return verdict.avoided === undefined ? TOLERATED : TOLERATED | AVOIDED;
}

function dependsOnMoment(taints: readonly Taint[], { isTimed }: Tolerations): boolean {
  return isTimed || taints.some(({ effect }) => effect === 'NoSelectIfNew');
}
