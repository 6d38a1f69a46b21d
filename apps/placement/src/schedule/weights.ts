import type { PrioritizerConfiguration, PrioritizerPolicy } from '@ocm/api';
import { misconfigured, type Misconfiguration } from './verdict.ts';

/** Where the scores of a prioritizer come from. */
export type ScoreSource =
  | { readonly kind: 'balance' }
  | { readonly kind: 'steady' }
  | { readonly kind: 'allocatable'; readonly resource: 'cpu' | 'memory' }
  | { readonly kind: 'add-on'; readonly resource: string; readonly score: string };

/** A prioritizer that counts. */
export interface WeightedPrioritizer {
  /** As reports and metrics call it. */
  readonly name: string;
  /** Not 0. */
  readonly weight: number;
  readonly source: ScoreSource;
}

export interface Weights {
  readonly kind: 'resolved';
  readonly prioritizers: readonly WeightedPrioritizer[];
}

const BUILT_IN: ReadonlyMap<string, ScoreSource> = new Map<string, ScoreSource>([
  ['Balance', { kind: 'balance' }],
  ['Steady', { kind: 'steady' }],
  ['ResourceAllocatableCPU', { kind: 'allocatable', resource: 'cpu' }],
  ['ResourceAllocatableMemory', { kind: 'allocatable', resource: 'memory' }],
]);

const DEFAULTS: readonly Entry[] = ['Balance', 'Steady'].map((builtIn) => ({
  coordinate: { type: 'BuiltIn', builtIn },
  weight: 1,
}));

interface Entry {
  readonly coordinate: PrioritizerConfiguration['scoreCoordinate'];
  readonly weight: number;
}

/**
 * Section 6.1: which prioritizers count, and how much. A missing weight is 0 here; the API server fills in 1 before anybody sees the object.
 */
export function resolveWeights(policy: PrioritizerPolicy = {}): Weights | Misconfiguration {
  const { mode = '', configurations = [] } = policy;
  if (mode !== 'Exact' && mode !== 'Additive' && mode !== '') {
    return misconfigured('', `incorrect prioritizer policy mode: ${mode}`);
  }
  const configured = configurations.map(entryOf);
  if (!configured.every((entry) => entry !== undefined)) {
    return misconfigured('', 'scoreCoordinate field is required');
  }
  const entries = [...(mode === 'Exact' ? [] : DEFAULTS), ...configured];
  const table = new Map(entries.map((entry, position) => [keyOfEntry(entry, position), entry]));
  return resolveEntries([...table.values()].filter(({ weight }) => weight !== 0));
}

/** The schema demands a coordinate, but the debug server takes any JSON. */
function entryOf({ scoreCoordinate, weight }: Partial<PrioritizerConfiguration>): Entry | undefined {
  return scoreCoordinate ? { coordinate: scoreCoordinate, weight: weight ?? 0 } : undefined;
}

/** The same word of two BuiltIn entries is one prioritizer, where the last weight wins; every AddOn entry is one of its own (Q2). */
function keyOfEntry({ coordinate }: Entry, position: number): string {
  return coordinate.type === 'BuiltIn' ? `BuiltIn/${coordinate.builtIn ?? ''}` : `AddOn/${position}`;
}

function resolveEntries(entries: readonly Entry[]): Weights | Misconfiguration {
  const prioritizers: WeightedPrioritizer[] = [];
  for (const { coordinate, weight } of entries) {
    const resolved = coordinate.type === 'BuiltIn' ? builtIn(coordinate.builtIn ?? '') : addOn(coordinate.addOn);
    if ('message' in resolved) return resolved;
    prioritizers.push({ ...resolved, weight });
  }
  return { kind: 'resolved', prioritizers };
}

type Named = Omit<WeightedPrioritizer, 'weight'>;

function builtIn(word: string): Named | Misconfiguration {
  const source = BUILT_IN.get(word);
  return source === undefined ? misconfigured('', `incorrect builtin prioritizer: ${word}`) : { name: word, source };
}

function addOn(coordinate: Entry['coordinate']['addOn'] | null): Named | Misconfiguration {
  if (coordinate === undefined || coordinate === null) return misconfigured('', 'addOn should not be empty');
  const { resourceName: resource, scoreName: score } = coordinate;
  return { name: `AddOn/${resource}/${score}`, source: { kind: 'add-on', resource, score } };
}
