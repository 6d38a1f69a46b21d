import { type handleUnaryCall, status } from '@grpc/grpc-js';
import type { PublishAnswer, PublishedMessage } from '@ocm/cloudevents';
import { refusal, sendable } from '../call-status.ts';
import { UNKNOWN_CALL } from '../event-series.ts';
import { credentialsOf } from './call-credentials.ts';
import type { CallContext } from './call-context.ts';
import { MeasuredCall } from './measured-call.ts';
import { publish, type PublishOutcome } from './publish.ts';

/** `Publish` for grpc-js. */
export function publishHandler(context: CallContext): handleUnaryCall<PublishedMessage, PublishAnswer> {
  const underWay = new Set<AbortController>();
  const abortAll = (): void => {
    for (const call of underWay) call.abort();
  };
  context.signal.addEventListener('abort', abortAll, { once: true });
  return (call, answer) => {
    const { request } = call;
    call.once('cancelled', context.settle(call.getPeer(), request.bytes));
    const measured = new MeasuredCall('Publish', request.bytes, context);
    const calling = new AbortController();
    underWay.add(calling);
    // grpc-js says this at the end of every call, whoever has ended it.
    call.once('cancelled', () => {
      if (underWay.delete(calling)) calling.abort();
    });
    const finish = ({ status: ending, labels }: PublishOutcome): void => {
      underWay.delete(calling);
      measured.belongsTo(labels);
      measured.end(ending);
      if (ending.code === status.OK) {
        context.metrics.sent('Publish', 0);
        answer(null, {});
      } else {
        answer(sendable(ending));
      }
    };
    publish(request, credentialsOf(call), { context, signal: calling.signal }).then(finish, (error: unknown) => {
      context.log.error({ error }, 'publication failed');
      finish({ status: refusal(status.INTERNAL, 'the server failed: its log says why'), labels: UNKNOWN_CALL });
    });
  };
}
