import { type FeatureGateOf, featureGates, type GatedComponent } from '@ocm/api';
import { ConfigError } from './config-error.ts';
import { parseGoBoolean } from './flags/go-boolean.ts';

/** The gates that a component knows, by name. `@ocm/api` has the table of the product. */
export type GateTable = Readonly<Record<string, { readonly default: boolean; readonly stage: string }>>;

/** The table of the gates of these components. */
export type GatesOf<C extends GatedComponent> = { readonly [Name in FeatureGateOf<C>]: GateTable[string] };

/** The gates of one component, or of several that share a process, from the table of the product. */
export function gatesOf<C extends GatedComponent>(...components: readonly C[]): GatesOf<C> {
  const table: GateTable & Readonly<Record<string, { readonly components: readonly GatedComponent[] }>> = featureGates;
  const known = Object.entries(table).filter(([, gate]) =>
    gate.components.some((component) => components.some((wanted) => wanted === component)),
  );
  const gates: GateTable = Object.fromEntries(known);
  return gates as GatesOf<C>; // the filter did at run time what the type does
}

/** Whether each gate is on. Frozen; made once per process and handed around, never a global. */
export type FeatureGates<Gates extends GateTable> = { readonly [Name in keyof Gates]: boolean };

/**
 * The gates of a process: the defaults of the table, overridden by what was given as `Name=true`.
 *
 * @param given the values as text, by gate name
 * @throws ConfigError naming every unknown gate and every value that is no boolean (registration 1.2)
 */
export function parseFeatureGates<Gates extends GateTable>(
  table: Gates,
  given: Readonly<Record<string, string>>,
): FeatureGates<Gates> {
  const known = Object.keys(table);
  const problems: string[] = [];
  const gates: Record<string, boolean> = Object.fromEntries(known.map((name) => [name, table[name]?.default ?? false]));
  for (const [name, text] of Object.entries(given)) {
    const value = parseGoBoolean(text);
    if (!known.includes(name))
      problems.push(`unknown feature gate "${name}"; known: ${known.toSorted().join(', ') || 'none'}`);
    else if (value === undefined) problems.push(`feature gate "${name}" must be true or false, got "${text}"`);
    else gates[name] = value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(gates) as FeatureGates<Gates>;
}
