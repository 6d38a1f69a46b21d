import type { KubeObject } from '@ocm/api';
import { isKubeError, type Resource } from '@ocm/kube';
import type { EventMetrics, WorkAction } from './event-metrics.ts';

/** The same resource, whose calls are counted (`manifestworks_processed_total`); without metrics it is the resource itself. */
export function countedWorks<T extends KubeObject>(works: Resource<T>, metrics: EventMetrics | undefined): Resource<T> {
  if (metrics === undefined) return works;
  const count = async <R>(action: WorkAction, call: Promise<R>): Promise<R> => {
    try {
      const result = await call;
      metrics.processed(action, 'Success');
      return result;
    } catch (error) {
      metrics.processed(action, isKubeError(error) ? (error.reason ?? error.code) : 'Unknown');
      throw error;
    }
  };
  return {
    kind: works.kind,
    get: (ref, options) => count('get', works.get(ref, options)),
    find: (ref, options) => count('get', works.find(ref, options)),
    list(options) {
      metrics.processed('list', 'Success');
      return works.list(options);
    },
    watch(options) {
      metrics.processed('watch', 'Success');
      return works.watch(options);
    },
    create: (object, options) => count('create', works.create(object, options)),
    replace: (object, options) => count('patch', works.replace(object, options)),
    delete: (ref, options) => count('delete', works.delete(ref, options)),
    patchStatus: (seen, next, options) => count('patch', works.patchStatus(seen, next, options)),
    patchSpec: (seen, next, options) => count('patch', works.patchSpec(seen, next, options)),
    patchMetadata: (seen, change, options) => count('patch', works.patchMetadata(seen, change, options)),
    mergePatch: (ref, patch, options) => count('patch', works.mergePatch(ref, patch, options)),
    apply: (object, options) => count('patch', works.apply(object, options)),
    metadata: () => works.metadata(),
  };
}
