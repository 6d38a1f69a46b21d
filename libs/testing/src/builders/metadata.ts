import { apiVersionOf, type Condition, type Kind, type KubeObject, type ObjectMeta } from '@ocm/api';

/** When everything happened in a built object, unless the test says otherwise. */
export const BUILT_AT = '2026-01-31T09:00:00Z';

/** What every builder takes. */
export interface Named {
  readonly name?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly finalizers?: readonly string[] | undefined;
  /** Anything else, such as `uid`, `generation` or `deletionTimestamp`; not for objects that go to an API server. */
  readonly metadata?: Partial<ObjectMeta> | undefined;
}

/** What the builder of a namespaced kind takes. */
export interface Placed extends Named {
  readonly namespace?: string | undefined;
}

/** A condition as far as it matters: the message and the time are made up. */
export type ConditionLike = Pick<Condition, 'type' | 'status'> & Partial<Condition>;

/** A whole condition. */
export function aCondition(over: ConditionLike): Condition {
  return { reason: 'Test', message: 'Set by the test.', lastTransitionTime: BUILT_AT, ...over };
}

/** Type and metadata of an object. Fields that are undefined are left out, as JSON would. */
export function base<T extends KubeObject>(
  kind: Kind<T>,
  over: Placed,
  defaults: { readonly name: string; readonly namespace?: string },
): { readonly apiVersion: string; readonly kind: string; readonly metadata: ObjectMeta } {
  const { name = defaults.name, namespace = defaults.namespace, labels, annotations, finalizers, metadata } = over;
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { name, ...given({ namespace, labels, annotations, finalizers }), ...metadata },
  };
}

/** The fields that have a value. */
export function given<T extends object>(fields: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}

/** A status of conditions and more; nothing when all of it is undefined. */
export function statusOf<T extends object>(
  conditions: readonly ConditionLike[] | undefined,
  fields: T,
): { readonly status?: T & { readonly conditions?: readonly Condition[] } } {
  const status = given({ conditions: conditions?.map(aCondition), ...fields });
  return Object.keys(status).length === 0
    ? {}
    : { status: status as T & { readonly conditions?: readonly Condition[] } };
}
