import type { FeatureGates, GateTable } from '../feature-gates.ts';

interface FlagBase<Value> {
  /** As on the command line, without dashes: `kube-api-qps`. */
  readonly name: string;
  /** One sentence fragment for `--help` and the documentation; without the default, which is added. */
  readonly help: string;
  /** A former name that still works, with a warning. */
  readonly deprecatedAlias?: string;
  /** The flag itself is on its way out: what to do instead. It works, with a warning. */
  readonly deprecated?: string;
  /** Known, but not shown in the help. */
  readonly hidden?: boolean;
  /** What is wrong with a value, as "must be …"; `undefined` when it is fine. Not asked about defaults. */
  readonly check?: (value: Value) => string | undefined;
}

/**
 * One flag. `default` is what the help shows and the record holds; without one the value is `undefined` until somebody gives it
 * (an empty text counts as not given). Repeating a flag: the last one wins, except for lists, maps and gates, which accumulate.
 */
export type Flag =
  | (FlagBase<string> & { readonly type: 'string'; readonly default?: string; readonly allowed?: readonly string[] })
  /** A whole number; underscores and other Go notations are not needed by anybody. */
  | (FlagBase<number> & { readonly type: 'integer'; readonly default?: number })
  | (FlagBase<number> & { readonly type: 'number'; readonly default?: number })
  /** `--flag`, `--flag=true`, `--flag=false`. */
  | (FlagBase<boolean> & { readonly type: 'boolean'; readonly default: boolean })
  /** A Go duration, also as default: `1h30m`. The value is in milliseconds. */
  | (FlagBase<number> & { readonly type: 'duration'; readonly default?: string })
  /** Repeatable, and each value is a comma list. */
  | (FlagBase<readonly string[]> & { readonly type: 'list'; readonly default: readonly string[] })
  /** Repeatable; commas belong to the value. */
  | (FlagBase<readonly string[]> & { readonly type: 'array'; readonly default: readonly string[] })
  /** `k=v,k=v`, repeatable. */
  | (FlagBase<Readonly<Record<string, string>>> & {
      readonly type: 'map';
      readonly default: Readonly<Record<string, string>>;
    })
  /** `A=true,B=false`, repeatable; see {@link featureGatesFlag}. */
  | (FlagBase<Readonly<Record<string, boolean>>> & { readonly type: 'gates'; readonly gates: GateTable });

/** The flags of a process, keyed by the member of the configuration that holds the value (with its unit: `renewMs`). */
export type FlagTable = Readonly<Record<string, Flag>>;

interface ValueByType {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
  duration: number;
  list: readonly string[];
  array: readonly string[];
  map: Readonly<Record<string, string>>;
}

/** What a parsed flag holds. */
export type FlagValue<F extends Flag> = F extends { readonly type: 'gates'; readonly gates: infer G extends GateTable }
  ? FeatureGates<G>
  : F extends { readonly allowed: readonly (infer A)[] }
    ? A | Defaulted<F, never>
    : F['type'] extends keyof ValueByType
      ? Defaulted<F, ValueByType[F['type']]>
      : never;

type Defaulted<F extends Flag, Value> = F extends { readonly default: unknown } ? Value : Value | undefined;

/** The configuration that a table stands for. Frozen. */
export type FlagConfig<Table extends FlagTable> = { readonly [Member in keyof Table]: FlagValue<Table[Member]> };

/** The `--feature-gates` flag of a component that knows these gates (registration 1.2, work 3). */
export function featureGatesFlag<const Gates extends GateTable>(
  gates: Gates,
): FlagBase<Readonly<Record<string, boolean>>> & { readonly type: 'gates'; readonly gates: Gates } {
  return {
    name: 'feature-gates',
    type: 'gates',
    gates,
    help: 'features to switch on or off, as Name=true or Name=false',
  };
}
