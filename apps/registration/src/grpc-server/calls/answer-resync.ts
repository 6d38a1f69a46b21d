import { setImmediate as nextTurn } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { type CloudEvent, decodeHeldHashes, decodeHeldVersions } from '@ocm/cloudevents';
import type { StepAside } from '../access/fair-queue.ts';
import type { Audience } from '../broker/subscriber.ts';
import { type CallStatus, messageOf, OK, refusal } from '../call-status.ts';
import type { EventService, Publication } from '../event-service.ts';
import type { CallContext } from './call-context.ts';

/** So many answers in a row, then others have a turn: a cluster with thousands of works must not keep heartbeats waiting. */
const ANSWERS_IN_A_ROW = 32;

/**
 * Answers a resync on the streams of its cluster, or, where sources are served, of its source (cloudevents-grpc 7.1, 12.5). Answers are made
 * as the streams take them, so that what is sent is what there is at that moment.
 */
export async function answerResync(
  publication: Publication,
  {
    service,
    context,
    stepAside,
    signal,
  }: {
    readonly service: EventService;
    readonly context: Pick<CallContext, 'broker'>;
    readonly stepAside: StepAside;
    readonly signal: AbortSignal;
  },
): Promise<CallStatus> {
  const { broker } = context;
  try {
    const { audience, answers, push } = answersFor(publication, service, context);
    let inARow = 0;
    for (const answer of answers) {
      // On this replica, or not any more, nobody is there to hear it.
      if (!broker.isAwaited(audience, service.dataType)) return OK;
      push(answer);
      inARow += 1;
      if (inARow < ANSWERS_IN_A_ROW) continue;
      inARow = 0;
      await nextTurn();
      signal.throwIfAborted();
      // A stream that is slow keeps no other cluster from being answered; whoever need not wait goes on, so that few resyncs are under way at once.
      if (!broker.hasRoom(audience, service.dataType))
        await stepAside(() => broker.room(audience, service.dataType, signal));
    }
    return OK;
  } catch (error) {
    if (signal.aborted) throw error;
    const kind = isForSource(publication, service) ? 'status' : 'spec';
    return refusal(status.FAILED_PRECONDITION, `failed to respond resync ${kind} request: ${messageOf(error)}`);
  }
}

interface Answers {
  readonly audience: Audience;
  readonly answers: Iterable<CloudEvent>;
  readonly push: (event: CloudEvent) => void;
}

/** For agents every resync is one of specs, whatever its subresource says (cloudevents-grpc 7.1). */
function isForSource({ type }: Publication, { sources }: EventService): boolean {
  return type.subresource === 'status' && sources !== undefined;
}

function answersFor(publication: Publication, service: EventService, { broker }: Pick<CallContext, 'broker'>): Answers {
  const { event, clusterName } = publication;
  const { sources } = service;
  if (sources !== undefined && isForSource(publication, service)) {
    const { source } = event;
    return {
      audience: { kind: 'source', source },
      answers: sources.answer(source, clusterName, decodeHeldHashes(event.data)),
      push: (answer) => broker.pushToSource(source, answer),
    };
  }
  return {
    audience: { kind: 'cluster', clusterName },
    answers: service.answer(clusterName, decodeHeldVersions(event.data)),
    push: (answer) => broker.push(answer),
  };
}
