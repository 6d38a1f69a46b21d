import type { Placement } from '@ocm/api';
import { keyOf } from '@ocm/kube';
import type { CompileCel } from '../schedule/cel-expression.ts';
import { type CompiledSpec, compileSpec, compileSpecInTurns } from '../schedule/compile-spec.ts';
import type { Measure } from '../schedule/measure.ts';
import type { Turns } from '../turns.ts';

interface Entry {
  readonly uid: string | undefined;
  readonly generation: number | undefined;
  readonly compiled: CompiledSpec;
}

/** Remembers what follows from the specs alone, so that each generation of a Placement is compiled once. */
export class CompiledSpecs {
  readonly #compileCel: CompileCel;
  readonly #measure: Measure;
  readonly #entries = new Map<string, Entry>();

  constructor(compileCel: CompileCel, measure: Measure) {
    this.#compileCel = compileCel;
    this.#measure = measure;
  }

  /** Compiles what `of` is going to give. @throws the reason of the signal */
  async prepare(placement: Placement, pace: { readonly turns: Turns; readonly signal: AbortSignal }): Promise<void> {
    if (this.#known(placement) !== undefined) return;
    const measure = this.#measure;
    this.#remember(placement, await compileSpecInTurns(placement.spec, this.#compileCel, { ...pace, measure }));
  }

  of(placement: Placement): CompiledSpec {
    return (
      this.#known(placement) ?? this.#remember(placement, compileSpec(placement.spec, this.#compileCel, this.#measure))
    );
  }

  /** The Placement is gone. */
  forget(key: string): void {
    this.#entries.delete(key);
  }

  #known(placement: Placement): CompiledSpec | undefined {
    const { uid, generation } = placement.metadata;
    const known = this.#entries.get(keyOf(placement));
    return known?.uid === uid && known?.generation === generation ? known?.compiled : undefined;
  }

  #remember(placement: Placement, compiled: CompiledSpec): CompiledSpec {
    const { uid, generation } = placement.metadata;
    this.#entries.set(keyOf(placement), { uid, generation, compiled });
    return compiled;
  }
}
