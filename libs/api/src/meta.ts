/** RFC 3339 time as the API writes it, for example `2026-01-31T09:00:00Z`. */
export type Timestamp = string;

/** A reference from an object to one that owns it (meta/v1 OwnerReference). */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Metadata of a stored object. What the API server always fills is still optional here where a client may leave it out on create. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: Timestamp;
  readonly deletionTimestamp?: Timestamp;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

/** Metadata of an object whose name the API server makes up from a prefix. */
export type GeneratedNameMeta = Omit<ObjectMeta, 'name'> & { readonly generateName: string };

/** What every Kubernetes object has. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** A whole Kubernetes object inside another: the API server checks type and metadata, everything else is free. */
export interface EmbeddedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: Partial<ObjectMeta>;
  readonly [field: string]: unknown;
}

/** An object to create: with a name, or with a prefix that the API server completes. */
export type NewObject<T extends KubeObject> = Omit<T, 'metadata'> & {
  readonly metadata: ObjectMeta | GeneratedNameMeta;
};

/** meta/v1 Condition. */
export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: Timestamp;
  readonly observedGeneration?: number;
}

/** Unknown means that nobody could find out. */
export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** meta/v1 LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

/** A requirement on one label: `In`, `NotIn` (with values), `Exists`, `DoesNotExist` (without). */
export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}
