import type { CloudEvent } from '../event.ts';
import { extensions } from '../event-metadata.ts';
import { type DataType, type EventType, isSameDataType, parseEventType } from '../event-type.ts';
import { findString } from '../read-extension.ts';

/** What an agent does with an event (cloudevents-grpc 3.4). What is dropped is dropped without a word to the sender. */
export type AgentVerdict =
  | { readonly kind: 'drop'; readonly reason: string }
  | { readonly kind: 'answer-status-resync' }
  | { readonly kind: 'store' };

/** Whose stream it is, and of what. */
export interface AgentIdentity {
  readonly clusterName: string;
  readonly dataType: DataType;
}

/** Judges what came on a stream. The action of an event that is to be stored does not matter (cloudevents-grpc 3.3). */
export function judgeAgentEvent(event: CloudEvent, own: AgentIdentity): AgentVerdict {
  let type: EventType;
  let cluster: string | undefined;
  try {
    type = parseEventType(event.type);
    cluster = findString(event, extensions.clusterName);
  } catch (error) {
    return drop((error as Error).message);
  }
  if (type.action === 'resync_request') return judgeResync(type, { cluster, own });
  if (type.subresource !== 'spec') return drop('a status is for a source');
  if (cluster !== own.clusterName) return drop(`for cluster "${cluster ?? ''}"`);
  return isSameDataType(type.dataType, own.dataType) ? { kind: 'store' } : drop(`of another data type: ${event.type}`);
}

function judgeResync(
  { subresource, dataType }: EventType,
  { cluster, own }: { readonly cluster: string | undefined; readonly own: AgentIdentity },
): AgentVerdict {
  if (subresource === 'spec') return drop('a resync request for a source');
  // A source asks all its agents with an empty name (cloudevents-grpc 7.2).
  if (cluster !== own.clusterName && cluster !== '') return drop(`for cluster "${cluster ?? ''}"`);
  return isSameDataType(dataType, own.dataType) ? { kind: 'answer-status-resync' } : drop('of another data type');
}

function drop(reason: string): AgentVerdict {
  return { kind: 'drop', reason };
}
