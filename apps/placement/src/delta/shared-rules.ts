import type { Placement } from '@ocm/api';
import type { CompiledSpec } from '../schedule/compile-spec.ts';
import type { DeltaSources } from './delta-sources.ts';
import { Feasibility } from './feasibility.ts';

/** What decides which clusters pass. */
export interface RuleRequest {
  readonly key: string;
  readonly spec: Placement['spec'];
  readonly compiled: CompiledSpec;
  readonly sets: readonly string[];
}

interface Use {
  readonly compiled: CompiledSpec;
  readonly sets: string;
  readonly rules: string;
}

/** What is known of clusters by the rules of Placements. Lives as long as a Placement has these rules. */
export class SharedRules {
  readonly #sources: DeltaSources;
  readonly #byRules = new Map<string, { readonly feasibility: Feasibility; readonly users: Set<string> }>();
  readonly #uses = new Map<string, Use>();

  constructor(sources: DeltaSources) {
    this.#sources = sources;
  }

  of({ key, spec, compiled, sets }: RuleRequest): Feasibility {
    const joined = sets.join();
    const use = this.#uses.get(key);
    const known = use?.compiled === compiled && use.sets === joined ? this.#byRules.get(use.rules) : undefined;
    if (known !== undefined) return known.feasibility;
    if (use !== undefined) this.forget(key);
    const rules = JSON.stringify([sets, spec.predicates ?? [], spec.tolerations ?? []]);
    const shared = this.#byRules.get(rules) ?? { feasibility: this.#create(compiled, sets), users: new Set<string>() };
    shared.users.add(key);
    this.#byRules.set(rules, shared);
    this.#uses.set(key, { compiled, sets: joined, rules });
    return shared.feasibility;
  }

  forget(key: string): void {
    const use = this.#uses.get(key);
    if (use === undefined) return;
    this.#uses.delete(key);
    const shared = this.#byRules.get(use.rules);
    shared?.users.delete(key);
    if (shared?.users.size === 0) this.#byRules.delete(use.rules);
  }

  #create({ predicates, tolerations }: CompiledSpec, sets: readonly string[]): Feasibility {
    const { table, findSet } = this.#sources;
    return new Feasibility(table, { predicates, tolerations, sets, findSet });
  }
}
