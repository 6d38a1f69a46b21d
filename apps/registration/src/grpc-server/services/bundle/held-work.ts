import { createHash } from 'node:crypto';
import type { ManifestWork, ObjectMeta } from '@ocm/api';
import { packSpec } from '@ocm/cloudevents';
import { isRawNumber } from '@ocm/kube';

/**
 * A ManifestWork as the server holds it: its content as it goes over the wire, and of the status, unless sources want to know it, only what is
 * needed to see a difference.
 */
export interface HeldWork extends ManifestWork {
  readonly payload?: string;
  readonly statusDigest?: string;
}

/** A second copy of the spec, which `kubectl apply` leaves behind. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Reduces what is held of a work to what somebody asks for. */
export function holdWork(work: HeldWork, { keepStatus }: { readonly keepStatus: boolean }): HeldWork {
  const { metadata, status } = work;
  return {
    metadata: withoutLastApplied(metadata),
    payload: packSpec(work),
    statusDigest: digestStatus(status),
    ...(keepStatus && status !== undefined ? { status } : {}),
  };
}

function withoutLastApplied(metadata: ObjectMeta): ObjectMeta {
  const { annotations = {}, ...rest } = metadata;
  if (!Object.hasOwn(annotations, LAST_APPLIED)) return metadata;
  const { [LAST_APPLIED]: _, ...kept } = annotations;
  return { ...rest, annotations: kept };
}

/** The same for two statuses that mean the same: the order of keys does not matter, nor what is null or empty. */
export function digestStatus(status: ManifestWork['status']): string {
  return createHash('sha256')
    .update(JSON.stringify(meaningOf(status)) ?? '')
    .digest('base64');
}

function meaningOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value ?? undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => meaningOf(item) ?? null);
  const members = Object.entries(value)
    .map(([key, member]): [string, unknown] => [key, meaningOf(member)])
    .filter(([, member]) => member !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
