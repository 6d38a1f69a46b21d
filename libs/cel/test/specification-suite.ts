import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import { BOOL, BYTES, DOUBLE, DYN, INT, listOf, mapOf, STRING, type Type, UINT } from '../src/types/type.ts';
import { shownDouble } from './shown-value.ts';

// The test suite of the CEL specification, without what no environment here has.

/** Protocol buffers, and extensions that placement 5.4.3 leaves out on purpose. */
const OTHER_SUITES = new Set(
  'proto2 proto3 proto2_ext dynamic enums wrappers block_ext bindings_ext math_ext encoders_ext macros2'.split(' '),
);
const NEEDS_MESSAGES = /TestAllTypes|google\.protobuf\.[A-Z]\w+\s*\{|proto[23]|\.(?:standalone|repeated|single)_/;

/** A value in the JSON form of protocol buffers: one member, named after the kind. */
export type Proto = Readonly<Record<string, unknown>>;

interface Original {
  readonly name?: string;
  readonly expr: string;
  readonly value?: Proto;
  readonly typedResult?: { readonly result?: Proto };
  readonly evalError?: unknown;
  readonly bindings?: Readonly<Record<string, { readonly value?: Proto }>>;
  readonly typeEnv?: readonly { readonly name: string; readonly ident?: { readonly type?: ProtoType } }[];
  readonly container?: string;
  readonly disableCheck?: boolean;
  readonly disableMacros?: boolean;
  readonly checkOnly?: boolean;
}

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: Original }[];
}

/** A case of the suite. */
export interface SpecificationCase {
  readonly title: string;
  /** Within its section. */
  readonly name: string;
  readonly expression: string;
  readonly variables: Readonly<Record<string, { readonly type: Type; readonly document: unknown }>>;
  /** As `shown` writes it; undefined when there must be an error. */
  readonly wanted: string | undefined;
}

/** All cases that need nothing but JSON documents, the standard library, optional types and string extensions. */
export function specificationCases(): readonly SpecificationCase[] {
  return ((conformance as unknown as Suite).suites ?? [])
    .filter(({ name }) => !OTHER_SUITES.has(name))
    .flatMap((suite) => collect(suite, []));
}

function collect({ name, suites = [], tests = [] }: Suite, path: readonly string[]): readonly SpecificationCase[] {
  const inner = [...path, name];
  const own = tests.flatMap(({ original }) => specificationCase(original, inner) ?? []);
  return [...own, ...suites.flatMap((suite) => collect(suite, inner))];
}

function specificationCase(original: Original, path: readonly string[]): SpecificationCase | undefined {
  const { expr: expression, name = expression, container, disableCheck, checkOnly, disableMacros } = original;
  const variables = variablesOf(original);
  if (container || disableCheck || checkOnly || disableMacros || NEEDS_MESSAGES.test(expression) || !variables)
    return undefined;
  return { title: [...path, name].join(' / '), name, expression, variables, wanted: wantedOf(original) };
}

function wantedOf({ value, typedResult, evalError }: Original): string | undefined {
  if (evalError) return undefined;
  const wanted = value ?? typedResult?.result;
  return wanted ? shownProto(wanted) : 'true';
}

/** Undefined when one has no JSON form, has a qualified name, or is a function. */
function variablesOf({ bindings = {}, typeEnv = [] }: Original): SpecificationCase['variables'] | undefined {
  const declared = new Map(typeEnv.map(({ name, ident }) => [name, ident && (typeOf(ident.type) ?? DYN)]));
  if (declared.values().some((type) => !type) || declared.keys().some((name) => name.includes('.'))) return undefined;
  const variables: Record<string, { type: Type; document: unknown }> = {};
  for (const [name, { value = {} }] of Object.entries(bindings)) {
    const read = documentOf(value);
    if (!read) return undefined;
    variables[name] = { type: declared.get(name) ?? DYN, document: read.document };
  }
  return variables;
}

interface ProtoType {
  readonly primitive?: string;
  readonly listType?: { readonly elemType?: ProtoType };
  readonly mapType?: { readonly keyType?: ProtoType; readonly valueType?: ProtoType };
}

const PRIMITIVES: Record<string, Type> = { BOOL, BYTES, DOUBLE, INT64: INT, STRING, UINT64: UINT };

function typeOf({ primitive, listType, mapType }: ProtoType = {}): Type | undefined {
  if (primitive !== undefined) return PRIMITIVES[primitive];
  if (listType) return listOf(typeOf(listType.elemType) ?? DYN);
  return mapType && mapOf(typeOf(mapType.keyType) ?? DYN, typeOf(mapType.valueType) ?? DYN);
}

interface Read {
  readonly document: unknown;
}

const DOCUMENTS: Readonly<Record<string, (value: never) => Read | undefined>> = {
  int64Value: (value: string) => ({ document: Number(value) }),
  boolValue: (document: boolean) => ({ document }),
  stringValue: (document: string) => ({ document }),
  nullValue: () => ({ document: null }),
  listValue: ({ values = [] }: { values?: readonly Proto[] }) => allOf(values.map(documentOf), (items) => items),
  mapValue: ({ entries = [] }: { entries?: readonly { key: { stringValue?: string }; value: Proto }[] }) =>
    entries.some(({ key }) => key.stringValue === undefined)
      ? undefined
      : allOf(
          entries.map(({ value }) => documentOf(value)),
          (items) => Object.fromEntries(entries.map(({ key }, index) => [key.stringValue ?? '', items[index]])),
        ),
};

/** The document that a value of the suite is; undefined when it cannot be written as JSON. */
function documentOf(proto: Proto): Read | undefined {
  const [kind = '', value] = Object.entries(proto)[0] ?? [];
  return DOCUMENTS[kind]?.(value as never);
}

function allOf(parts: readonly (Read | undefined)[], build: (items: readonly unknown[]) => unknown): Read | undefined {
  const items = parts.flatMap((part) => (part ? [part.document] : []));
  return items.length === parts.length ? { document: build(items) } : undefined;
}

const SHOWN: Readonly<Record<string, (value: never) => string>> = {
  int64Value: String,
  uint64Value: (value: string) => `${value}u`,
  doubleValue: (value: number | string) => shownDouble(Number(value)),
  stringValue: (value: string) => JSON.stringify(value),
  boolValue: String,
  nullValue: () => 'null',
  bytesValue: (value: string) => `b"${Buffer.from(value, 'base64').toString('hex')}"`,
  typeValue: (value: string) => `type(${value})`,
  listValue: ({ values = [] }: { values?: readonly Proto[] }) => `[${values.map(shownProto).join(', ')}]`,
  mapValue: ({ entries = [] }: { entries?: readonly { key: Proto; value: Proto }[] }) =>
    `{${entries
      .map(({ key, value }) => `${shownProto(key)}: ${shownProto(value)}`)
      .toSorted()
      .join(', ')}}`,
  objectValue: (value: { '@type': string; value?: string }) =>
    `${value['@type'].endsWith('Duration') ? 'duration' : 'timestamp'}(${value.value})`,
};

/** A value of the suite as `shown` writes it. */
function shownProto(proto: Proto): string {
  const [kind = '', value] = Object.entries(proto)[0] ?? [];
  return SHOWN[kind]?.(value as never) ?? JSON.stringify(proto);
}
