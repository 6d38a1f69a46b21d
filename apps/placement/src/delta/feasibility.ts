import { isDeleting, type ManagedCluster, type ManagedClusterSet, type Taint } from '@ocm/api';
import { isMember, setMembership, type SetMembership } from '@ocm/fleet';
import type { CompiledSpec } from '../schedule/compile-spec.ts';
import type { Predicate, PredicateFailure } from '../schedule/predicates.ts';
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
  #halfway: Halfway | undefined;
  /** What was judged and may be judged otherwise in the next pass. */
  #interrupted: ClusterId[] = [];
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

  /** Whether clusters have changed since it has caught up. */
  get isBehind(): boolean {
    return this.#seen !== this.#table.revision;
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
    while (this.#judgeNext()) {
      if (shouldPause()) break;
    }
    return this.#halfway === undefined && this.#stale.length === 0;
  }

  /** Has what was interrupted judged again: once in a pass, for each time may take seconds. */
  retryInterrupted(): void {
    for (const id of this.#interrupted.splice(0)) this.#setStale(id);
  }

  /** @returns whether there was anything to judge */
  #judgeNext(): boolean {
    const { id, judging } = this.#halfway ?? this.#begin() ?? {};
    this.#halfway = undefined;
    if (id === undefined || judging === undefined) return false;
    // Only what has a place to stop is a generator: they cost time.
    const { done, value } = 'next' in judging ? judging.next() : { done: true as const, value: judging };
    if (done !== true) {
      this.#halfway = { id, judging };
      return true;
    }
    this.#enter(id, value.code);
    if (!value.isFinal) this.#interrupted.push(id);
    return true;
  }

  #begin(): Halfway | undefined {
    for (let id = this.#stale.pop(); id !== undefined; id = this.#stale.pop()) {
      this.#isStale[id] = 0;
      const cluster = this.#table.cluster(id);
      if (cluster !== undefined) return { id, judging: this.#judgeOne(cluster) };
      this.#enter(id, NOTHING.code);
    }
    return undefined;
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

  #judgeOne(cluster: ManagedCluster): Judgement | Generator<void, Judgement> {
    const { labels } = cluster.metadata;
    const { predicates } = this.#rules;
    if (isDeleting(cluster) || !this.#memberships.some((membership) => isMember(membership, labels))) return NOTHING;
    if (predicates.kind === 'misconfigured') return { code: MEMBER, isFinal: true };
    const [first, second] = predicates.predicates;
    if (first === undefined) return this.#judgeTaints(cluster);
    if (second !== undefined || first.inSteps !== undefined) return this.#ask(predicates.predicates, cluster);
    const failure = first(cluster);
    return failure === undefined ? this.#judgeTaints(cluster) : { code: MEMBER, isFinal: !wasInterrupted(failure) };
  }

  /** With a place to stop after each predicate, and where predicates have one. */
  *#ask(predicates: readonly Predicate[], cluster: ManagedCluster): Generator<void, Judgement> {
    let isFinal = true;
    for (const predicate of predicates) {
      const failure = predicate.inSteps === undefined ? predicate(cluster) : yield* predicate.inSteps(cluster);
      if (failure === undefined) return this.#judgeTaints(cluster);
      isFinal &&= !wasInterrupted(failure);
      yield;
    }
    return { code: MEMBER, isFinal };
  }

  #judgeTaints(cluster: ManagedCluster): Judgement {
    const { tolerations } = this.#rules;
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

/** A cluster that is being judged. */
interface Halfway {
  readonly id: ClusterId;
  readonly judging: Judgement | Generator<void, Judgement>;
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
