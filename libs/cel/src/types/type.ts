export type TypeKind =
  | 'dyn'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'map'
  | 'type'
  | 'opaque'
  | 'variable';

/** A CEL type as the checker sees it. */
export interface Type {
  readonly kind: TypeKind;
  /** As error texts write it, without parameters; the name of an opaque type or of a type variable. */
  readonly name: string;
  /** Element of a list, key and value of a map, what an optional holds. */
  readonly parameters: readonly Type[];
}

const plain = (kind: TypeKind, name: string = kind): Type => ({ kind, name, parameters: [] });

/** A value whose type is known at run time only. */
export const DYN = plain('dyn');
/** Of an expression with a problem that is already reported. */
export const ERROR = plain('error', '!error!');
export const NULL = plain('null');
/** The other types of a name of their own; in documents int and double are both numbers. */
export const BOOL = plain('bool');
export const INT = plain('int');
export const UINT = plain('uint');
export const DOUBLE = plain('double');
export const STRING = plain('string');
export const BYTES = plain('bytes');
export const TIMESTAMP = plain('timestamp');
export const DURATION = plain('duration');

/** `list(element)`. */
export const listOf = (element: Type): Type => ({ kind: 'list', name: 'list', parameters: [element] });
/** `map(key, value)`. */
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', name: 'map', parameters: [key, value] });
/** The type of a type: `type(int)` is what the identifier `int` has. */
export const typeOf = (instance: Type): Type => ({ kind: 'type', name: 'type', parameters: [instance] });
/** A type that only functions can look into, such as `net.IP`. */
export const opaque = (name: string): Type => plain('opaque', name);
/** Stands for any one type within a declaration. */
export const variable = (name: string): Type => plain('variable', name);

const OPTIONAL = 'optional_type';
export const optionalOf = (held: Type): Type => ({ kind: 'opaque', name: OPTIONAL, parameters: [held] });

export const isOptional = (type: Type): boolean => type.kind === 'opaque' && type.name === OPTIONAL;
/** What an optional holds, or the type itself. */
export const unwrapOptional = (type: Type): Type => (isOptional(type) ? (type.parameters[0] ?? DYN) : type);
export const isDynOrError = (type: Type): boolean => type.kind === 'dyn' || type.kind === 'error';

/** Deeper than this a type is not written out: a short expression can have a type of astronomic size. */
const MAX_WRITTEN_DEPTH = 6;

/** As error texts write it, such as `map(string, list(dyn))`. */
export function formatType(type: Type, depth = 0): string {
  if (type.parameters.length === 0) return type.name;
  if (depth >= MAX_WRITTEN_DEPTH) return `${type.name}(…)`;
  return `${type.name}(${type.parameters.map((parameter) => formatType(parameter, depth + 1)).join(', ')})`;
}

const RUN_TIME_NAMES: Partial<Record<TypeKind, string>> = {
  null: 'null_type',
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
};

/** The `typeName` of the values of a type; undefined when it may be any. */
export function valueTypeName(type: Type): string | undefined {
  if (isDynOrError(type) || type.kind === 'variable') return undefined;
  return RUN_TIME_NAMES[type.kind] ?? type.name;
}
