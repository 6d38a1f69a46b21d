import { type EventTransport, askOverTransport, type ServerQuestion } from '@ocm/cloudevents';
import { KubeError } from '@ocm/kube';
import type { HubProbe } from '../registration-driver.ts';

/**
 * Whether the gRPC server lets the agent in. While it does, nobody is asked. Events tell neither the hub's clock nor what its API server says, so
 * the answer says nothing of them.
 */
export function grpcProbe(
  transport: EventTransport,
  { isConnected, ...question }: Omit<ServerQuestion, 'signal'> & { readonly isConnected: () => boolean },
): HubProbe {
  return async (signal) => {
    const answer = isConnected()
      ? { kind: 'accepted' as const }
      : await askOverTransport(transport, { ...question, signal });
    switch (answer.kind) {
      case 'accepted':
        return { status: 200, hubTime: undefined };
      case 'unauthenticated':
        return { status: 401, hubTime: undefined };
      case 'denied':
        return { status: 403, hubTime: undefined };
      case 'untrusted':
      case 'unavailable':
        throw new KubeError(`${transport.address}: ${answer.problem}`, { code: answer.kind });
    }
  };
}
