// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, EmbeddedObject, KubeObject } from '../meta.ts';

export interface ManifestWork extends KubeObject {
  readonly spec?: ManifestWorkSpec;
  readonly status?: ManifestWorkStatus;
}

export interface ManifestWorkSpec {
  readonly deleteOption?: DeleteOption;
  readonly executor?: Executor;
  readonly manifestConfigs?: readonly ManifestConfig[];
  readonly workload?: {
    readonly manifests?: readonly EmbeddedObject[];
  };
}

export interface DeleteOption {
  readonly propagationPolicy?: 'Foreground' | 'Orphan' | 'SelectivelyOrphan';
  readonly selectivelyOrphans?: {
    readonly orphaningRules?: readonly OrphaningRule[];
  };
  readonly ttlSecondsAfterFinished?: number;
}

export interface OrphaningRule {
  readonly group?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly resource: string;
}

export interface Executor {
  readonly subject?: {
    readonly serviceAccount?: ExecutorServiceAccount;
    readonly type: 'ServiceAccount';
  };
}

export interface ExecutorServiceAccount {
  readonly name: string;
  readonly namespace: string;
}

export interface ManifestConfig {
  readonly conditionRules?: readonly ConditionRule[];
  readonly feedbackRules?: readonly FeedbackRule[];
  readonly feedbackScrapeType?: 'Poll' | 'Watch';
  readonly resourceIdentifier: ResourceIdentifier;
  readonly updateStrategy?: UpdateStrategy;
}

export interface ConditionRule {
  readonly celExpressions?: readonly string[];
  readonly condition: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly type: 'WellKnownConditions' | 'CEL';
}

export interface FeedbackRule {
  readonly jsonPaths?: readonly FeedbackJsonPath[];
  readonly type: 'WellKnownStatus' | 'JSONPaths';
}

export interface FeedbackJsonPath {
  readonly name: string;
  readonly path: string;
  readonly version?: string;
}

export interface ResourceIdentifier {
  readonly group?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly resource: string;
}

export interface UpdateStrategy {
  readonly serverSideApply?: ServerSideApplyOptions;
  readonly type: 'Update' | 'CreateOnly' | 'ServerSideApply' | 'ReadOnly';
}

export interface ServerSideApplyOptions {
  readonly fieldManager?: string;
  readonly force?: boolean;
  readonly ignoreFields?: readonly IgnoreFields[];
}

export interface IgnoreFields {
  readonly condition: 'OnSpokePresent' | 'OnSpokeChange';
  readonly jqPathExpressions?: readonly string[];
  readonly jsonPaths?: readonly string[];
  readonly jsonPointers?: readonly string[];
}

export interface ManifestWorkStatus {
  readonly conditions?: readonly Condition[];
  readonly resourceStatus?: {
    readonly manifests?: readonly ManifestStatus[];
  };
}

export interface ManifestStatus {
  readonly conditions: readonly Condition[];
  readonly resourceMeta: ManifestResourceMeta;
  readonly statusFeedback?: {
    readonly values?: readonly FeedbackValue[];
  };
}

export interface ManifestResourceMeta {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly ordinal: number;
  readonly resource?: string;
  readonly version?: string;
}

export interface FeedbackValue {
  readonly fieldValue: FeedbackFieldValue;
  readonly name: string;
}

export interface FeedbackFieldValue {
  readonly boolean?: boolean;
  readonly integer?: number;
  readonly jsonRaw?: string;
  readonly string?: string;
  readonly type: 'Integer' | 'String' | 'Boolean' | 'JsonRaw';
}

export const ManifestWork: Kind<ManifestWork> = {
  group: 'work.open-cluster-management.io',
  version: 'v1',
  kind: 'ManifestWork',
  plural: 'manifestworks',
  namespaced: true,
};
