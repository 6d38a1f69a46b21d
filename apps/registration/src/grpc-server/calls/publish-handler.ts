import { type handleUnaryCall, status } from '@grpc/grpc-js';
import type { PublishAnswer, PublishedMessage } from '@ocm/cloudevents';
import { refusal, sendable } from '../call-status.ts';
import { UNKNOWN_CALL } from '../grpc-metrics.ts';
import { credentialsOf } from './call-credentials.ts';
import type { CallContext } from './call-context.ts';
import { MeasuredCall } from './measured-call.ts';
import { publish, type PublishOutcome } from './publish.ts';

/** `Publish` for grpc-js. */
export function publishHandler(context: CallContext): handleUnaryCall<PublishedMessage, PublishAnswer> {
  return (call, answer) => {
    const { request } = call;
    const measured = new MeasuredCall('Publish', request.bytes, context);
    const cancelled = new AbortController();
    call.once('cancelled', () => cancelled.abort());
    const finish = ({ status: ending, labels }: PublishOutcome): void => {
      measured.belongsTo(labels);
      measured.end(ending);
      if (ending.code === status.OK) {
        context.metrics.sent('Publish', 0);
        answer(null, {});
      } else {
        answer(sendable(ending));
      }
    };
    const signal = AbortSignal.any([cancelled.signal, context.signal]);
    publish(request, credentialsOf(call), { context, signal }).then(finish, (error: unknown) => {
      context.log.error({ error }, 'publication failed');
      finish({ status: refusal(status.INTERNAL, 'the server failed: its log says why'), labels: UNKNOWN_CALL });
    });
  };
}
