import { annotations, isConditionTrue, isDeleting, type ManifestWork, workConditions } from '@ocm/api';
import type { DeliveredWork, Manifest, NewWork, ResourceReport } from './types.ts';

/** The work as programs see it. */
export function deliveredWork(work: ManifestWork): DeliveredWork {
  const { generation: version = 0, namespace: cluster = '', name, labels = {} } = work.metadata;
  return {
    cluster,
    name,
    version,
    labels,
    manifests: work.spec?.workload?.manifests as readonly Manifest[] | undefined,
    ...reportOf(work, version),
    isDeleting: isDeleting(work),
  };
}

type Report = Pick<DeliveredWork, 'reportedVersion' | 'conditions' | 'resources' | 'isApplied' | 'isAvailable'>;

function reportOf({ metadata, status = {} }: ManifestWork, version: number): Report {
  const reportedVersion = versionOf(metadata.annotations?.[annotations.eventReportedVersion]);
  const { conditions = [], resourceStatus } = status;
  const isCurrent = reportedVersion !== undefined && reportedVersion >= version;
  const isApplied = isCurrent && isConditionTrue(conditions, workConditions.applied.type);
  return {
    reportedVersion,
    conditions,
    resources: (resourceStatus?.manifests ?? []) as readonly object[] as readonly ResourceReport[],
    isApplied,
    // What is available may be what the version before has left, as long as the present one is not applied.
    isAvailable: isApplied && isConditionTrue(conditions, workConditions.available.type),
  };
}

function versionOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
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
