import type { FeedbackFieldValue } from '@ocm/api';
import { isRawNumber } from '@ocm/kube';
import { isJsonObject } from '../manifest/any-object.ts';
import { typeNameOf } from '../json-path/select-by-path.ts';

/** How values may be reported. */
export interface FeedbackLimits {
  /** Maps, lists and fractions are reported as JSON (feature gate RawFeedbackJsonString). */
  readonly rawJson: boolean;
  /** Longest JSON that is reported, in bytes. */
  readonly maxJsonRawLength: number;
}

// The schema of works refuses more, and with it the whole status (work 2.6).
const SCHEMA_JSON_LENGTH = 1024;

export type TypedValue =
  | { readonly kind: 'value'; readonly fieldValue: FeedbackFieldValue }
  | { readonly kind: 'problem'; readonly problem: string };

/** The value as the status of a work has it (work 11.3). */
export function typedValue(name: string, value: unknown, limits: FeedbackLimits): TypedValue {
  const simple = simpleValue(value);
  if (simple !== undefined) return { kind: 'value', fieldValue: simple };
  if (!limits.rawJson) {
    return { kind: 'problem', problem: `the type ${typeNameOf(value)} of the value for ${name} is not found` };
  }
  const jsonRaw = canonicalJson(value);
  const longest = Math.min(limits.maxJsonRawLength, SCHEMA_JSON_LENGTH);
  if (Buffer.byteLength(jsonRaw) > longest) {
    const problem = `the length of returned json raw string for name ${name} is larger than the maximum length ${longest}`;
    return { kind: 'problem', problem };
  }
  return { kind: 'value', fieldValue: { type: 'JsonRaw', jsonRaw } };
}

function simpleValue(value: unknown): FeedbackFieldValue | undefined {
  if (typeof value === 'string') return { type: 'String', string: value };
  if (typeof value === 'boolean') return { type: 'Boolean', boolean: value };
  if (!isInteger(value)) return undefined;
  // A number beyond 2^53 stays the text that it was read as, and is written as such.
  return { type: 'Integer', integer: value };
}

function isInteger(value: unknown): value is number {
  if (isRawNumber(value)) return isInt64(value.rawJSON);
  return typeof value === 'number' && Number.isInteger(value);
}

function isInt64(text: string): boolean {
  return /^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

/** Compact JSON with the keys of every map sorted. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    isJsonObject(each) && !isRawNumber(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
