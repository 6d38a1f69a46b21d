import { annotationPrefixes, type KubeObject } from '@ocm/api';
import type { Logger } from '@ocm/kube';

/** Every record repeats the values. */
const LONGEST_VALUE = 256;
/** What a record has of its own. */
const RESERVED = new Set(['level', 'time', 'msg']);

/**
 * A log whose records also carry what the annotations of an object say for tracing (work 2.5): with the annotation
 * `logging.open-cluster-management.io/op-id` the field `op-id`. Fields of the record itself come first. The same log when there are none.
 */
export function tracedLog(log: Logger, { metadata }: KubeObject): Logger {
  const tracing = tracingOf(metadata.annotations ?? {});
  if (Object.keys(tracing).length === 0) return log;
  return {
    debug: (fields, message) => log.debug({ ...tracing, ...fields }, message),
    info: (fields, message) => log.info({ ...tracing, ...fields }, message),
    warn: (fields, message) => log.warn({ ...tracing, ...fields }, message),
    error: (fields, message) => log.error({ ...tracing, ...fields }, message),
  };
}

function tracingOf(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const prefix = annotationPrefixes.logging;
  const tracing = Object.entries(annotations)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value.slice(0, LONGEST_VALUE)] as const);
  return Object.fromEntries(tracing.filter(([name]) => name !== '' && !RESERVED.has(name)));
}
