import type { Kind } from '@ocm/api';
import type { Clock, KubeClient } from '@ocm/kube';
import { refOfResource } from '../manifest/resource-id.ts';
import type { KnownObjects } from './known-objects.ts';
import type { ObjectReader } from './object-reader.ts';
import { ABSENT } from './observation.ts';

export interface PollingReaderOptions {
  readonly spoke: Pick<KubeClient, 'kind'>;
  readonly known: KnownObjects;
  readonly clock: Clock;
  /** An answer is good for so long. */
  readonly freshMs: number;
}

/** Asks the API server for metadata, unless it has answered lately: also what a write returned counts. */
export function pollingReader({ spoke, known, clock, freshMs }: PollingReaderOptions): ObjectReader {
  return {
    watched: () => undefined,
    async read(resource: Kind, id, { signal }) {
      const nowMs = clock.now().getTime();
      const before = known.get(id);
      if (before !== undefined && nowMs - before.seenMs < freshMs) return { kind: 'present', ...before };
      const object = await spoke.kind(resource).metadata().find(refOfResource(id), { signal });
      if (object === undefined) {
        known.forget(id);
        return ABSENT;
      }
      const { uid = '', resourceVersion = '' } = object.metadata;
      known.saw(id, object, nowMs);
      return { kind: 'present', uid, resourceVersion };
    },
  };
}
