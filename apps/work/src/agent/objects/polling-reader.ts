import type { Kind } from '@ocm/api';
import type { Clock, KubeClient } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { refOfResource } from '../manifest/resource-id.ts';
import type { KnownObject, KnownObjects } from './known-objects.ts';
import type { ObjectReader } from './object-reader.ts';
import { ABSENT } from './observation.ts';

export interface PollingReaderOptions {
  readonly spoke: Pick<KubeClient, 'kind'>;
  readonly known: KnownObjects;
  readonly clock: Pick<Clock, 'now'>;
  /** An answer is good for so long. */
  readonly freshMs: number;
}

/** Asks the API server for metadata, unless it has answered lately: also what a write returned counts. */
export function pollingReader({ spoke, known, clock, freshMs }: PollingReaderOptions): ObjectReader {
  // The clock may have been set back meanwhile.
  const isFresh = ({ seenMs }: KnownObject): boolean => {
    const ageMs = clock.now().getTime() - seenMs;
    return ageMs >= 0 && ageMs < freshMs;
  };
  const recent: ObjectReader['recent'] = (_resource, id) => {
    const before = known.get(id);
    if (before === undefined || !isFresh(before)) return undefined;
    const { uid, resourceVersion } = before;
    return { kind: 'present', uid, resourceVersion };
  };
  return {
    watched: () => undefined,
    recent,
    follows: () => false,
    async read(resource: Kind, id, { signal }) {
      const lately = recent(resource, id);
      if (lately !== undefined) return lately;
      const object = await spoke.kind(resource).metadata().find(refOfResource(id), { signal });
      if (object === undefined) {
        known.forget(id);
        return ABSENT;
      }
      const { uid = '', resourceVersion = '' } = object.metadata;
      known.saw(id, object, clock.now().getTime());
      return { kind: 'present', uid, resourceVersion };
    },
    async readObject(resource: Kind, id, { signal }) {
      const object = await spoke.kind(resource).find(refOfResource(id), { signal });
      if (object === undefined) known.forget(id);
      else known.saw(id, object, clock.now().getTime());
      return object as AnyObject | undefined;
    },
  };
}
