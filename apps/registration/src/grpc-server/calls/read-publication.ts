import { status } from '@grpc/grpc-js';
import { EventError, extensions, parseEventType, type PublishedMessage, requireString } from '@ocm/cloudevents';
import { type CallStatus, refusal } from '../call-status.ts';
import type { Publication } from '../event-service.ts';

export type ReadPublication =
  | { readonly kind: 'publication'; readonly publication: Omit<Publication, 'caller'> }
  | { readonly kind: 'malformed'; readonly status: CallStatus };

/** What was published, or what is wrong with it; asked before anybody asks who it is (cloudevents-grpc 2.7). */
export function readPublication(message: PublishedMessage): ReadPublication {
  switch (message.kind) {
    case 'missing':
      return malformed('failed to convert to cloudevent: the request has no event');
    case 'unreadable':
      return malformed(`failed to convert to cloudevent: ${message.error.message}`);
    case 'event':
      return readEvent(message.event);
  }
}

function readEvent(event: Publication['event']): ReadPublication {
  let clusterName: string;
  try {
    clusterName = requireString(event, extensions.clusterName);
  } catch (error) {
    return malformed(`failed to get clustername extension: ${textOf(error)}`);
  }
  try {
    return { kind: 'publication', publication: { event, clusterName, type: parseEventType(event.type) } };
  } catch (error) {
    return malformed(textOf(error));
  }
}

function textOf(error: unknown): string {
  if (error instanceof EventError) return error.message;
  throw error;
}

function malformed(details: string): ReadPublication {
  return { kind: 'malformed', status: refusal(status.INVALID_ARGUMENT, details) };
}
