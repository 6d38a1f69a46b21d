import { ManifestWork } from '@ocm/api';
import type { EventClient } from '@ocm/cloudevents';
import { KubeError } from '@ocm/kube';
import { resourceWorkSource, type ResourceWorkSourceOptions } from './resource-work-source.ts';
import type { WorkSource } from './work-source.ts';

export interface EventWorkSourceOptions extends ResourceWorkSourceOptions {
  /** Follows ManifestWork, and is run by the caller. */
  readonly client: EventClient;
}

/**
 * The works of a cluster over events (work 16.1). Only status goes to the hub; finalizers stay here. Works count as absent only when the hub has
 * said what there is.
 */
export function eventWorkSource({ client, ...options }: EventWorkSourceOptions): WorkSource {
  const works = client.kind(ManifestWork);
  return {
    ...resourceWorkSource(works, options),
    async read(name, { signal }) {
      // Who asks for the present wants to destroy something: what was heard before the connection was lost is the past.
      if (!client.isConnected(ManifestWork)) {
        const message = `reading work ${name}: the hub is not connected`;
        throw new KubeError(message, { code: 'unavailable', status: 503, reason: 'ServiceUnavailable' });
      }
      return works.find({ namespace: options.clusterName, name }, { signal });
    },
  };
}
