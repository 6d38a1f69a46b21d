import { annotations, findCondition, isConditionTrue, isDeleting, type ManifestWork, workConditions } from '@ocm/api';
import type { DeliveredWork, Manifest, NewWork, ResourceReport } from './types.ts';

/** The work as programs see it. */
export function deliveredWork(work: ManifestWork): DeliveredWork {
  const { metadata, spec } = work;
  const { generation: version = 0, namespace: cluster = '', name, labels = {} } = metadata;
  const { conditions = [], resourceStatus } = work.status ?? {};
  const reportedVersion = reportedVersionOf(work);
  const isTrue = (type: string): boolean => reportedVersion >= version && isConditionTrue(conditions, type);
  return {
    cluster,
    name,
    version,
    reportedVersion: reportedVersion < 0 ? undefined : reportedVersion,
    labels,
    manifests: spec?.workload?.manifests as readonly Manifest[] | undefined,
    conditions,
    resources: reportsOf(resourceStatus?.manifests),
    isApplied: isTrue(workConditions.applied.type),
    // What is available may be what the version before has left, as long as the present one cannot be applied.
    isAvailable: isTrue(workConditions.available.type) && !isFalse(conditions, workConditions.applied.type),
    isDeleting: isDeleting(work),
  };
}

/** -1 before the first report. */
function reportedVersionOf({ metadata }: ManifestWork): number {
  return Number(metadata.annotations?.[annotations.eventReportedVersion] ?? -1);
}

function reportsOf(manifests: readonly object[] = []): readonly ResourceReport[] {
  return manifests as readonly ResourceReport[];
}

function isFalse(conditions: NonNullable<ManifestWork['status']>['conditions'], type: string): boolean {
  return findCondition(conditions, type)?.status === 'False';
}

/** What is given, as a ManifestWork. */
export function wantedWork({
  cluster,
  name,
  manifests,
  labels = {},
  annotations: noted = {},
  options = {},
}: NewWork): ManifestWork {
  return {
    metadata: { namespace: cluster, name, labels, annotations: noted },
    spec: { ...options, workload: { manifests } } as NonNullable<ManifestWork['spec']>,
  };
}
