import { CelList } from './list.ts';
import { CelMap } from './map.ts';
import { CelError, CelOptional, type CelResult, CelUint, type CelValue, NONE, typeName } from './value.ts';

/** Of a member or element that is not there; tells apart what `has()` and `?.` forgive from what they do not. */
class MissingError extends CelError {}

/** `operand[key]`, or `operand.key` with a text. Of an optional it is an optional. */
export function elementOf(operand: CelValue, key: CelValue): CelResult {
  if (operand instanceof CelMap) return memberOf(operand, key);
  if (operand instanceof CelList) return listElement(operand, key);
  if (operand instanceof CelOptional) return optionalElementOf(operand, key);
  return missingKey(key);
}

function memberOf(map: CelMap, key: CelValue): CelResult {
  const value = map.get(key);
  return value === undefined ? missingKey(key) : value;
}

/** `operand[?key]` and `operand.?key`: an optional, which holds nothing when the element is not there. */
export function optionalElementOf(operand: CelValue, key: CelValue): CelResult {
  const inner = operand instanceof CelOptional ? operand.held : operand;
  if (inner === undefined) return NONE;
  const element = elementOf(inner, key);
  if (element instanceof MissingError) return NONE;
  return element instanceof CelError ? element : new CelOptional(element);
}

/** `has(operand.key)`. */
export function hasMember(operand: CelValue, key: string): boolean | CelError {
  const inner = operand instanceof CelOptional ? operand.held : operand;
  if (inner === undefined) return false;
  const element = elementOf(inner, key);
  if (element instanceof MissingError) return false;
  return element instanceof CelError ? element : true;
}

const MAX_WRITTEN_KEY = 200;

function missingKey(key: CelValue): CelError {
  return new MissingError(`no such key: ${writtenKey(key)}`);
}

function writtenKey(key: CelValue): string {
  if (key instanceof CelUint) return String(key.value);
  return typeof key === 'object' ? typeName(key) : String(key).slice(0, MAX_WRITTEN_KEY);
}

function listElement(list: CelList, key: CelValue): CelResult {
  const index = key instanceof CelUint ? key.value : key;
  if (typeof index === 'number' && !Number.isInteger(index))
    return new CelError(`unsupported index value ${index} in list`);
  if (typeof index !== 'bigint' && typeof index !== 'number')
    return new CelError(`unsupported index type '${typeName(key)}' in list`);
  const position = Number(index);
  return position >= 0 && position < list.size ? list.at(position) : new MissingError(`index out of bounds: ${index}`);
}
