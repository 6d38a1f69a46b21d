import type { ManifestWork, ManifestWorkStatus } from '@ocm/api';
import { type Clock, isKubeError, type Logger } from '@ocm/kube';
import { tracedLog } from '../../traced-log.ts';
import type { WorkSource } from '../source/work-source.ts';
import { LARGEST_STATUS, reduceStatus, sizeOf } from './reduce-status.ts';

/** The same source, to which only such statuses are written as the hub takes; what is left out of one is said in it and in the log. */
export function limitedSource(
  source: WorkSource,
  { clock, log }: { readonly clock: Pick<Clock, 'now'>; readonly log: Logger },
): WorkSource {
  const reduced = (seen: ManifestWork, next: ManifestWorkStatus, why: string): ManifestWorkStatus => {
    tracedLog(log, seen).warn({ work: seen.metadata.name, why }, 'feedback values are left out of the status');
    return reduceStatus(next, { before: seen.status, why, now: clock.now() });
  };
  return {
    get: (name) => source.get(name),
    list: () => source.list(),
    read: (name, options) => source.read(name, options),
    events: (keys, options) => source.events(keys, options),
    patchFinalizers: (seen, finalizers, options) => source.patchFinalizers(seen, finalizers, options),
    async patchStatus(seen, next, options) {
      const size = sizeOf(next);
      if (size > LARGEST_STATUS) {
        const why = `the status of the work is too large for the hub, with values more than ${LARGEST_STATUS} bytes`;
        return source.patchStatus(seen, reduced(seen, next, why), options);
      }
      try {
        return await source.patchStatus(seen, next, options);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const why = `the hub refuses the status of the work: ${error.message}`;
        return source.patchStatus(seen, reduced(seen, next, why), options);
      }
    },
  };
}

/** Trying again would not help: the schema of the hub is another one than ours, or the object is too large for its etcd. */
function isRefusal(error: unknown): error is Error {
  if (!isKubeError(error)) return false;
  return error.code === 'invalid' || error.status === 413 || /too large|larger than max/.test(error.message);
}
