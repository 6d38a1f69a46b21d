import { DYN, isDynOrError, type Type, type TypeKind } from './type.ts';

/** What may be null besides null itself. */
const NULLABLE: ReadonlySet<TypeKind> = new Set<TypeKind>(['opaque', 'timestamp', 'duration']);
const COMPOSITE: ReadonlySet<TypeKind> = new Set<TypeKind>(['opaque', 'list', 'map']);
/** Visits of types within one expression. Nested literals give types of exponential size; real expressions need a few thousand. */
const MAX_VISITS = 500_000;

/** Finds out what the type variables of one expression stand for. */
export class Inference {
  readonly #bindings = new Map<string, Type>();
  /** What was bound before, for taking back an attempt that failed. */
  readonly #trail: { readonly name: string; readonly before: Type | undefined }[] = [];
  #fresh = 0;
  #visits = 0;

  /** Whether so much was asked that the answers are no longer to be relied on. */
  get isExhausted(): boolean {
    return this.#visits > MAX_VISITS;
  }

  freshVariable(): Type {
    this.#fresh += 1;
    return { kind: 'variable', name: `_var${this.#fresh}`, parameters: [] };
  }

  /** Whether values of these types may go where those are wanted; if so, the variables in them are bound. */
  assignable(from: readonly Type[], to: readonly Type[]): boolean {
    const mark = this.#trail.length;
    if (this.#allAssignable(from, to)) return true;
    for (const { name, before } of this.#trail.splice(mark).toReversed()) {
      if (before) this.#bindings.set(name, before);
      else this.#bindings.delete(name);
    }
    return false;
  }

  /** The type with its variables replaced by what they stand for; unbound ones stay, or become dyn. */
  resolve(type: Type, unbound: 'keep' | 'dyn' = 'keep'): Type {
    if (this.#visit()) return DYN;
    if (type.kind === 'variable') {
      const bound = this.#bindings.get(type.name);
      if (bound) return this.resolve(bound, unbound);
      return unbound === 'dyn' ? DYN : type;
    }
    if (type.parameters.length === 0) return type;
    return { ...type, parameters: type.parameters.map((parameter) => this.resolve(parameter, unbound)) };
  }

  /** The one that admits more values, of two types that go together. */
  mostGeneral(one: Type, other: Type): Type {
    return this.#isLessSpecific(one, other) ? one : other;
  }

  #visit(): boolean {
    this.#visits += 1;
    return this.isExhausted;
  }

  #allAssignable(from: readonly Type[], to: readonly Type[]): boolean {
    return (
      from.length === to.length &&
      from.every((type, index) => {
        const wanted = to[index];
        return wanted !== undefined && this.#assignable(type, wanted);
      })
    );
  }

  #assignable(from: Type, to: Type): boolean {
    if (this.#visit()) return true;
    if (to.kind === 'variable') {
      const attempt = this.#bind(to, from);
      if (attempt !== 'unbindable') return attempt === 'bound';
    }
    if (from.kind === 'variable') return this.#bind(from, to) === 'bound';
    return isDynOrError(from) || isDynOrError(to) || this.#matches(from, to);
  }

  /** For types that are known, at least outwardly. */
  #matches(from: Type, to: Type): boolean {
    if (from.kind !== to.kind) return isNullable(from, to) || isNullable(to, from);
    if (!COMPOSITE.has(from.kind)) return true;
    return from.name === to.name && this.#allAssignable(from.parameters, to.parameters);
  }

  /** `refused`: the variable stands for something else already. `unbindable`: it occurs within the type. */
  #bind(variable: Type, type: Type): 'bound' | 'refused' | 'unbindable' {
    if (isSameVariable(variable, type)) return 'bound';
    const current = this.#bindings.get(variable.name);
    if (current) {
      if (isSameVariable(current, type)) return 'bound';
      if (!this.#assignable(type, current)) return 'refused';
      const general = this.mostGeneral(type, current);
      if (!this.#occursIn(variable, general)) this.#set(variable.name, general);
      return 'bound';
    }
    if (this.#occursIn(variable, type)) return 'unbindable';
    this.#set(variable.name, type);
    return 'bound';
  }

  #set(name: string, type: Type): void {
    this.#trail.push({ name, before: this.#bindings.get(name) });
    this.#bindings.set(name, type);
  }

  #occursIn(variable: Type, type: Type): boolean {
    if (this.#visit()) return false;
    if (isSameVariable(variable, type)) return true;
    const bound = type.kind === 'variable' ? this.#bindings.get(type.name) : undefined;
    if (bound) return this.#occursIn(variable, bound);
    return type.parameters.some((parameter) => this.#occursIn(variable, parameter));
  }

  #isLessSpecific(one: Type, other: Type): boolean {
    if (this.#visit() || one.kind === 'dyn' || one.kind === 'variable') return true;
    if (other.kind === 'dyn' || other.kind === 'variable') return false;
    if (one.kind !== other.kind || one.name !== other.name) return false;
    if (one.kind === 'type') return true;
    return one.parameters.every((parameter, index) => this.#isLessSpecific(parameter, other.parameters[index] ?? DYN));
  }
}

const isNullable = (one: Type, other: Type): boolean => one.kind === 'null' && NULLABLE.has(other.kind);

function isSameVariable(one: Type, other: Type): boolean {
  return one.kind === 'variable' && other.kind === 'variable' && one.name === other.name;
}
