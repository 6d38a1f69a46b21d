import { ValueList } from '../values/list.ts';
import { EntryMap, isMapKey } from '../values/map.ts';
import { CelError, CelOptional, type CelResult, type CelValue, typeName } from '../values/value.ts';
import type { Frame, Step } from './frame.ts';

const LIST_COST = 10;
const MAP_COST = 30;

/** What an optional given for an element or entry holds; undefined when it is to be left out. */
function entryValue(value: CelValue, what: string): CelResult | undefined {
  if (value instanceof CelOptional) return value.held;
  return new CelError(`cannot initialize optional ${what} from non-optional value of type ${typeName(value)}`);
}

export function listStep(elements: readonly { readonly value: Step; readonly optional: boolean }[]): Step {
  return (frame) => {
    const items: CelValue[] = [];
    for (const { value, optional } of elements) {
      const given = value(frame);
      if (given instanceof CelError) return given;
      const item = optional ? entryValue(given, 'list element') : given;
      if (item instanceof CelError) return item;
      if (item !== undefined) items.push(item);
    }
    frame.meter.charge(LIST_COST);
    return new ValueList(items);
  };
}

interface MapEntry {
  readonly key: Step;
  readonly value: Step;
  readonly optional: boolean;
}

export function mapStep(entries: readonly MapEntry[]): Step {
  return (frame) => {
    const pairs: (readonly [CelValue, CelValue])[] = [];
    for (const entry of entries) {
      const pair = mapPair(entry, frame);
      if (pair instanceof CelError) return pair;
      if (pair) pairs.push(pair);
    }
    frame.meter.charge(MAP_COST);
    return new EntryMap(pairs);
  };
}

function mapPair(
  { key, value, optional }: MapEntry,
  frame: Frame,
): readonly [CelValue, CelValue] | CelError | undefined {
  const name = key(frame);
  if (name instanceof CelError) return name;
  if (!isMapKey(name)) return new CelError(`unsupported key type '${typeName(name)}' in map`);
  const given = value(frame);
  if (given instanceof CelError) return given;
  const entry = optional ? entryValue(given, 'map entry') : given;
  if (entry instanceof CelError || entry === undefined) return entry;
  return [name, entry];
}
