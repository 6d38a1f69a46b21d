import { type EventTransport, askOverTransport, type ServerQuestion } from '@ocm/cloudevents';
import { KubeError } from '@ocm/kube';
import type { HubProbe } from '../registration-driver.ts';

/** The server says so when its API server does not answer: nothing is known of the token then, least of all that it is bad. */
const NOT_CHECKED = 'the token could not be checked';

/**
 * Whether the gRPC server lets the agent in. While it does, nobody is asked. Events tell neither the hub's clock nor what its API server says, so
 * the answer says nothing of them.
 */
export function grpcProbe(
  transport: EventTransport,
  { isConnected, ...question }: Omit<ServerQuestion, 'signal'> & { readonly isConnected: () => boolean },
): HubProbe {
  const failure = (code: 'untrusted' | 'unavailable', problem: string): KubeError =>
    new KubeError(`${transport.address}: ${problem}`, { code });
  return async (signal) => {
    const answer = isConnected()
      ? { kind: 'accepted' as const }
      : await askOverTransport(transport, { ...question, signal });
    switch (answer.kind) {
      case 'accepted':
        return { status: 200, hubTime: undefined };
      case 'unauthenticated':
        if (answer.problem.includes(NOT_CHECKED)) throw failure('unavailable', answer.problem);
        return { status: 401, hubTime: undefined };
      case 'denied':
        return { status: 403, hubTime: undefined };
      case 'untrusted':
      case 'unavailable':
        throw failure(answer.kind, answer.problem);
    }
  };
}
