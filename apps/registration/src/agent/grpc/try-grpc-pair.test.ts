import type { GrpcAnswer } from '@ocm/cloudevents';
import { expect, test } from '@jest/globals';
import { judgeTrial } from './try-grpc-pair.ts';

const problem = 'because';
const unknown: GrpcAnswer = { kind: 'unauthenticated', problem };
const silent: GrpcAnswer = { kind: 'unavailable', problem };

test.each<{ answer: GrpcAnswer; withoutPair?: GrpcAnswer; kind: string }>([
  { answer: { kind: 'accepted' }, kind: 'good' },
  { answer: { kind: 'denied', problem }, kind: 'good' },
  { answer: unknown, kind: 'rejected' },
  { answer: { kind: 'untrusted', problem }, kind: 'unanswered' },
  { answer: silent, withoutPair: silent, kind: 'unanswered' },
  { answer: silent, withoutPair: { kind: 'untrusted', problem }, kind: 'unanswered' },
  { answer: silent, withoutPair: unknown, kind: 'rejected' },
])('$answer.kind, and without the pair $withoutPair.kind: $kind', ({ answer, withoutPair, kind }) => {
  expect(judgeTrial(answer, withoutPair)).toMatchObject({ kind });
});
