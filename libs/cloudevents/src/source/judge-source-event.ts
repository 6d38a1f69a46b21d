import type { CloudEvent } from '../event.ts';
import { extensions } from '../event-metadata.ts';
import { dataTypes, type EventType, isSameDataType, parseEventType } from '../event-type.ts';
import { findString } from '../read-extension.ts';

/** What a source of works does with an event (cloudevents-grpc 3.4). What is dropped is dropped without a word to the sender. */
export type SourceVerdict =
  | { readonly kind: 'drop'; readonly reason: string }
  | { readonly kind: 'answer-spec-resync'; readonly cluster: string }
  | { readonly kind: 'take-status'; readonly cluster: string };

/**
 * Judges what came to a source. The action of a status does not matter. Beyond 3.4, what names another source, or no cluster, is dropped: whoever
 * shares a topic with other sources must not take their works for its own.
 */
export function judgeSourceEvent(event: CloudEvent, sourceId: string): SourceVerdict {
  let type: EventType;
  let cluster: string;
  let addressee: string;
  try {
    type = parseEventType(event.type);
    cluster = findString(event, extensions.clusterName) ?? '';
    addressee = findString(event, extensions.originalSource) ?? '';
  } catch (error) {
    return drop((error as Error).message);
  }
  const verdict = judgeType(type, cluster);
  const isForeign = addressee !== '' && addressee !== sourceId;
  if (verdict.kind !== 'drop' && cluster === '') return drop('it names no cluster');
  return verdict.kind !== 'drop' && isForeign ? drop(`for source "${addressee}"`) : verdict;
}

function judgeType({ dataType, subresource, action }: EventType, cluster: string): SourceVerdict {
  if (!isSameDataType(dataType, dataTypes.bundle)) return drop('of another data type');
  if (action === 'resync_request') {
    return subresource === 'spec' ? { kind: 'answer-spec-resync', cluster } : drop('a resync request for agents');
  }
  return subresource === 'status' ? { kind: 'take-status', cluster } : drop('a spec is for an agent');
}

function drop(reason: string): SourceVerdict {
  return { kind: 'drop', reason };
}
