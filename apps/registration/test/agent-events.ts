import { createHash, randomUUID } from 'node:crypto';
import type { RawAttribute, RawEvent } from './grpc-client.ts';

export const BUNDLES = 'io.open-cluster-management.works.v1alpha1.manifestbundles';

/** A string attribute. */
export function text(value: string): RawAttribute {
  return { ce_string: value };
}

/** An event of an agent, whole and right; members are replaced by what is given, attributes one by one. */
export function agentEvent(cluster: string, type: string, changes: Partial<RawEvent> = {}): RawEvent {
  const { attributes = {}, ...rest } = changes;
  return {
    id: randomUUID(),
    source: `${cluster}-work-agent`,
    spec_version: '1.0',
    type,
    binary_data: Buffer.from('{}'),
    ...rest,
    attributes: {
      contenttype: text('application/json'),
      'ce-clustername': text(cluster),
      'ce-originalsource': text(''),
      ...attributes,
    },
  };
}

/** A resync of bundles by an agent that holds nothing. */
export function resyncEvent(cluster: string): RawEvent {
  return agentEvent(cluster, `${BUNDLES}.spec.resync_request`);
}

/** The status of a work as its agent publishes it. */
export function statusEvent(
  { cluster, uid, generation }: { readonly cluster: string; readonly uid: string; readonly generation: number },
  message: string,
  changes: Partial<RawEvent> = {},
): RawEvent {
  const { attributes = {}, ...rest } = changes;
  const condition = { type: 'Applied', status: 'True', reason: 'Test', message };
  const conditions = [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: generation }];
  return agentEvent(cluster, `${BUNDLES}.status.update_request`, {
    binary_data: Buffer.from(JSON.stringify({ conditions })),
    ...rest,
    attributes: {
      'ce-originalsource': text('kube'),
      'ce-resourceid': text(uid),
      'ce-resourceversion': { ce_integer: generation },
      'ce-sequenceid': text('1834773391719010304'),
      'ce-statushash': text(createHash('sha256').update(message).digest('hex')),
      'ce-metadata': text('{}'),
      'ce-logtracing': text('{}'),
      ...attributes,
    },
  });
}
