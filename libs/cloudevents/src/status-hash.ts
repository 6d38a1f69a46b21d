import { createHash } from 'node:crypto';
import type { Condition, ManifestStatus, ManifestWork } from '@ocm/api';
import { canonicalJson } from './canonical-json.ts';

/**
 * SHA-256 of the status of a ManifestWork in lower-case hex, the same on both ends of a status resync (cloudevents-grpc 6.1). A difference
 * costs a message, never correctness.
 */
export function workStatusHash(status: ManifestWork['status']): string {
  const { conditions = [], resourceStatus } = status ?? {};
  const manifests = resourceStatus?.manifests ?? [];
  const json = canonicalJson({
    conditions: conditions.length > 0 ? conditions.map(conditionJson) : undefined,
    resourceStatus: manifests.length > 0 ? { manifests: manifests.map(manifestJson) } : {},
  });
  return createHash('sha256').update(json).digest('hex');
}

function manifestJson({ resourceMeta, statusFeedback, conditions }: ManifestStatus): object {
  const { ordinal, group = '', version = '', kind = '', resource = '', name = '', namespace = '' } = resourceMeta;
  return {
    resourceMeta: { ordinal, group, version, kind, resource, name, namespace },
    statusFeedback: statusFeedback ?? {},
    // Peers in Go send null for none.
    conditions: (conditions as typeof conditions | null | undefined)?.map(conditionJson) ?? null,
  };
}

function conditionJson({
  observedGeneration = 0,
  lastTransitionTime,
  message,
  reason,
  ...rest
}: Partial<Condition>): object {
  return {
    ...rest,
    lastTransitionTime: lastTransitionTime ?? null,
    message: message ?? '',
    reason: reason ?? '',
    observedGeneration: observedGeneration === 0 ? undefined : observedGeneration,
  };
}
