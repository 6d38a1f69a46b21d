import { isRawNumber } from '@ocm/kube';
import { type AnyObject, isJsonObject, type JsonObject } from '../manifest/any-object.ts';

/** A member of a map that is itself a map; empty when it is not there. */
export function mapAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = path.reduce<unknown>((map, name) => (isJsonObject(map) ? map[name] : undefined), value);
  return isJsonObject(found) ? found : {};
}

/** A member that is a number; the other when it is not. */
export function numberAt(map: JsonObject, name: string, otherwise = 0): number {
  const value = map[name];
  if (isRawNumber(value)) return Number(value.rawJSON);
  return typeof value === 'number' ? value : otherwise;
}

export function textAt(map: JsonObject, name: string): string {
  const value = map[name];
  return typeof value === 'string' ? value : '';
}

/** The maps in a member that is a list. */
export function mapsAt(map: JsonObject, name: string): readonly JsonObject[] {
  const value = map[name];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The entry of `status.conditions` of a type; empty when there is none. */
export function conditionOf(object: AnyObject, type: string): JsonObject {
  return mapsAt(mapAt(object, 'status'), 'conditions').find((each) => each['type'] === type) ?? {};
}

export function isTrue(object: AnyObject, type: string): boolean {
  return conditionOf(object, type)['status'] === 'True';
}

/** Whether the status speaks about the present spec. */
export function isObserved(object: AnyObject): boolean {
  const generation = numberAt(mapAt(object, 'metadata'), 'generation');
  return numberAt(mapAt(object, 'status'), 'observedGeneration') >= generation;
}

/** A number of Pods given as such or as a share of all, rounded up; the other when it is not given. */
export function podsOf(value: unknown, { of, otherwise }: { readonly of: number; readonly otherwise: number }): number {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d{1,3})%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? otherwise : Math.ceil((Number(percent) * of) / 100);
}
