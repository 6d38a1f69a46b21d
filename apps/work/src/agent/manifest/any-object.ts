import type { KubeObject } from '@ocm/api';

/** A JSON object whose members are not known beforehand. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An object of any kind, as a manifest lists it or as the API server returns it. */
export type AnyObject = KubeObject & JsonObject;

/** Whether a value is a JSON object; lists and null are not. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
