import type { Placement } from '@ocm/api';
import { keyOf } from '@ocm/kube';
import type { CompileCel } from '../schedule/cel-expression.ts';
import { type CompiledSpec, compileSpec } from '../schedule/compile-spec.ts';
import type { Measure } from '../schedule/measure.ts';

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

  of(placement: Placement): CompiledSpec {
    const key = keyOf(placement);
    const { uid, generation } = placement.metadata;
    const known = this.#entries.get(key);
    if (known !== undefined && known.uid === uid && known.generation === generation) return known.compiled;
    const compiled = compileSpec(placement.spec, this.#compileCel, this.#measure);
    this.#entries.set(key, { uid, generation, compiled });
    return compiled;
  }

  /** The Placement is gone. */
  forget(key: string): void {
    this.#entries.delete(key);
  }
}
