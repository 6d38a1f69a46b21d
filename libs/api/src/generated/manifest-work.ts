// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, EmbeddedObject, KubeObject } from '../meta.ts';

/**
 * Kubernetes objects that the hub wants on one managed cluster. It lives in the cluster namespace; the work agent of
 * the cluster applies the objects and reports what became of them.
 */
export interface ManifestWork extends KubeObject {
  /** What is to be applied, and how. */
  readonly spec?: ManifestWorkSpec;
  /** What the work agent observed. */
  readonly status?: ManifestWorkStatus;
}

/** What is to be applied, and how. */
export interface ManifestWorkSpec {
  /** What happens to the applied objects when the work is deleted. Left out means Foreground. */
  readonly deleteOption?: DeleteOption;
  /** On whose behalf the manifests are applied. Left out means the work agent itself. */
  readonly executor?: Executor;
  /**
   * Options for single manifests. Where several entries match a manifest, feedbackRules, conditionRules and
   * updateStrategy are each taken from the first entry that has them.
   */
  readonly manifestConfigs?: readonly ManifestConfig[];
  /** What is to be applied. */
  readonly workload?: {
    /** The Kubernetes objects to apply to the managed cluster. Namespaces, definitions and permissions go first. */
    readonly manifests?: readonly EmbeddedObject[];
  };
}

/** What happens to the applied objects when the work is deleted. Left out means Foreground. */
export interface DeleteOption {
  /**
   * Foreground deletes the applied objects and waits until they are gone. Orphan leaves them all in place.
   * SelectivelyOrphan leaves those that a rule of selectivelyOrphans names.
   */
  readonly propagationPolicy?: 'Foreground' | 'Orphan' | 'SelectivelyOrphan';
  /** Which objects stay with the policy SelectivelyOrphan. */
  readonly selectivelyOrphans?: {
    /** Objects that stay on the managed cluster when the work is deleted, or when they are removed from it. */
    readonly orphaningRules?: readonly OrphaningRule[];
  };
  /**
   * How long the work is kept after its condition Complete became True, in seconds; 0 deletes it at once. Left out
   * keeps it for ever. Only looked at while the feature gate CleanUpCompletedManifestWork is on.
   */
  readonly ttlSecondsAfterFinished?: number;
}

/** One object that stays. Wildcards are not understood here. */
export interface OrphaningRule {
  /** API group of the object; empty for the core group. */
  readonly group?: string;
  /** Name of the object. */
  readonly name: string;
  /** Namespace of the object; empty for cluster-scoped objects. */
  readonly namespace?: string;
  /** Plural name of the resource, for example "deployments". */
  readonly resource: string;
}

/** On whose behalf the manifests are applied. Left out means the work agent itself. */
export interface Executor {
  /** Who the permissions are checked for. */
  readonly subject?: {
    /** The service account. Needed with the type ServiceAccount. */
    readonly serviceAccount?: ExecutorServiceAccount;
    /** Kind of the subject; service accounts of the managed cluster are the only ones. */
    readonly type: 'ServiceAccount';
  };
}

/** The service account. Needed with the type ServiceAccount. */
export interface ExecutorServiceAccount {
  /** Name of the service account on the managed cluster. */
  readonly name: string;
  /** Namespace of the service account on the managed cluster. */
  readonly namespace: string;
}

/** Options for the manifests that an identifier names. */
export interface ManifestConfig {
  /**
   * Rules that compute conditions of the manifest from the applied object. Conditions of one name are summed up in the
   * conditions of the work.
   */
  readonly conditionRules?: readonly ConditionRule[];
  /** Which values of the applied object are reported in the status of the work. */
  readonly feedbackRules?: readonly FeedbackRule[];
  /**
   * Poll reads the values in intervals. Watch follows the object and reports changes at once; the number of watches is
   * limited.
   */
  readonly feedbackScrapeType?: 'Poll' | 'Watch';
  /** The manifests that the options are for. */
  readonly resourceIdentifier: ResourceIdentifier;
  /** How the manifests are applied. */
  readonly updateStrategy?: UpdateStrategy;
}

/** A rule that computes one condition. */
export interface ConditionRule {
  /**
   * CEL expressions over "object", the applied object. The condition is True when all of them are; the first that is
   * not decides.
   */
  readonly celExpressions?: readonly string[];
  /**
   * Type of the condition that the rule sets, for example Complete, Progressing or Degraded. Needed with the type CEL.
   */
  readonly condition: string;
  /** Message of the condition. messageExpression wins over it. */
  readonly message?: string;
  /** CEL expression for the message, over "object" and "result", the outcome of celExpressions. */
  readonly messageExpression?: string;
  /**
   * WellKnownConditions uses what is known about common kinds, such as the completion of a Job. CEL evaluates
   * celExpressions.
   */
  readonly type: 'WellKnownConditions' | 'CEL';
}

/** A rule that picks values. */
export interface FeedbackRule {
  /** Values to report, for the type JSONPaths. */
  readonly jsonPaths?: readonly FeedbackJsonPath[];
  /**
   * WellKnownStatus reports the usual values of known kinds, such as ReadyReplicas of a Deployment. JSONPaths reports
   * what jsonPaths finds.
   */
  readonly type: 'WellKnownStatus' | 'JSONPaths';
}

/** A value to report. */
export interface FeedbackJsonPath {
  /** Name under which the value is reported. */
  readonly name: string;
  /** JSON path of the value in the applied object, for example ".status.readyReplicas". */
  readonly path: string;
  /**
   * API version that the path is meant for. A manifest of another version is reported as an error; left out, the
   * version does not matter.
   */
  readonly version?: string;
}

/** The manifests that the options are for. */
export interface ResourceIdentifier {
  /** API group; empty for the core group. */
  readonly group?: string;
  /** Name. May contain "*", which stands for any text. */
  readonly name: string;
  /** Namespace; empty for cluster-scoped objects. May contain "*", which stands for any text. */
  readonly namespace?: string;
  /** Plural name of the resource, for example "deployments". */
  readonly resource: string;
}

/** How the manifests are applied. */
export interface UpdateStrategy {
  /** Options for the type ServerSideApply. */
  readonly serverSideApply?: ServerSideApplyOptions;
  /**
   * Update keeps the object equal to the manifest. CreateOnly creates it and never changes it. ServerSideApply leaves
   * merging to the API server. ReadOnly never writes, only reports.
   */
  readonly type: 'Update' | 'CreateOnly' | 'ServerSideApply' | 'ReadOnly';
}

/** Options for the type ServerSideApply. */
export interface ServerSideApplyOptions {
  /** Name under which the fields are owned. It must begin with "work-agent". */
  readonly fieldManager?: string;
  /** Take over fields that another manager owns. Without it such a conflict is reported and nothing is written. */
  readonly force?: boolean;
  /** Fields of the manifests that are left to others. */
  readonly ignoreFields?: readonly IgnoreFields[];
}

/** Fields, and when they are left to others. */
export interface IgnoreFields {
  /**
   * OnSpokePresent never sends the fields once the object exists. OnSpokeChange sends them, but only when the manifest
   * itself changes; changes made on the managed cluster stay until then.
   */
  readonly condition: 'OnSpokePresent' | 'OnSpokeChange';
  /** Fields as jq path expressions, for example ".spec.containers[] | select(.name == \"proxy\")". */
  readonly jqPathExpressions?: readonly string[];
  /** Fields as JSON paths, for example ".spec.replicas". */
  readonly jsonPaths?: readonly string[];
  /** Fields as JSON pointers (RFC 6901), for example "/spec/replicas". */
  readonly jsonPointers?: readonly string[];
}

/** What the work agent observed. */
export interface ManifestWorkStatus {
  /** Latest observations of the work as a whole, such as Applied and Available. */
  readonly conditions?: readonly Condition[];
  /** What became of the manifests. */
  readonly resourceStatus?: {
    /** One entry for each manifest, in the order of the spec. */
    readonly manifests?: readonly ManifestStatus[];
  };
}

/** What became of one manifest. */
export interface ManifestStatus {
  /** Latest observations of the state, at most one for each type. */
  readonly conditions: readonly Condition[];
  /** Which manifest it is. What could not be found out is left out. */
  readonly resourceMeta: ManifestResourceMeta;
  /** Values of the applied object, as the feedback rules ask. */
  readonly statusFeedback?: {
    /** The values by name. */
    readonly values?: readonly FeedbackValue[];
  };
}

/** Which manifest it is. What could not be found out is left out. */
export interface ManifestResourceMeta {
  /** API group; empty for the core group. */
  readonly group?: string;
  /** Kind of the object. */
  readonly kind?: string;
  /** Name of the object. */
  readonly name?: string;
  /** Namespace; empty for cluster-scoped objects. */
  readonly namespace?: string;
  /** Position of the manifest in the spec, counted from 0. */
  readonly ordinal: number;
  /** Plural name of the resource. */
  readonly resource?: string;
  /** API version. */
  readonly version?: string;
}

/** A value of the applied object. */
export interface FeedbackValue {
  /** The value with its type. */
  readonly fieldValue: FeedbackFieldValue;
  /** Name of the value, from the feedback rule. */
  readonly name: string;
}

/** The value with its type. */
export interface FeedbackFieldValue {
  /** The value, for the type Boolean. */
  readonly boolean?: boolean;
  /** The value, for the type Integer. */
  readonly integer?: number;
  /** The value as compact JSON, for the type JsonRaw. Only while the feature gate RawFeedbackJsonString is on. */
  readonly jsonRaw?: string;
  /** The value, for the type String. */
  readonly string?: string;
  /** Which of the other fields holds the value. */
  readonly type: 'Integer' | 'String' | 'Boolean' | 'JsonRaw';
}

export const ManifestWork: Kind<ManifestWork> = {
  group: 'work.open-cluster-management.io',
  version: 'v1',
  kind: 'ManifestWork',
  plural: 'manifestworks',
  namespaced: true,
};
