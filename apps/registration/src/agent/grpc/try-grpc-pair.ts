import { askGrpcServer, type GrpcAnswer, type LoadedClientConfig, type ServerQuestion } from '@ocm/cloudevents';
import type { TrialVerdict, TryPair } from '../csr/try-certificate.ts';
import type { HubConfig } from './hub-config.ts';

/** Shows new pairs to the gRPC server over connections of their own. */
export function grpcPairTrial(hub: HubConfig, question: Omit<ServerQuestion, 'signal'>): TryPair {
  const ask = (keyPair: LoadedClientConfig['keyPair'], signal: AbortSignal): Promise<GrpcAnswer> =>
    askGrpcServer({ config: hub.config, ca: hub.ca, keyPair, token: undefined }, { ...question, signal });
  return async (pair, signal) => {
    const answer = await ask(pair, signal);
    if (answer.kind !== 'unavailable') return judgeTrial(answer, undefined);
    return judgeTrial(answer, await ask(undefined, signal));
  };
}

/**
 * A server that is denied to us knows us; only one that does not know us, or hangs up on us and on nobody else, has something against the pair.
 *
 * @param withoutPair what it says to somebody without a certificate; `undefined` when nobody asked
 */
export function judgeTrial(answer: GrpcAnswer, withoutPair: GrpcAnswer | undefined): TrialVerdict {
  switch (answer.kind) {
    case 'accepted':
    case 'denied':
      return { kind: 'good' };
    case 'unauthenticated':
      return { kind: 'rejected', problem: answer.problem };
    case 'untrusted':
      return { kind: 'unanswered', error: new Error(answer.problem) };
    case 'unavailable':
      return withoutPair?.kind === 'unauthenticated'
        ? { kind: 'rejected', problem: `the gRPC server turns its holder away: ${answer.problem}` }
        : { kind: 'unanswered', error: new Error(answer.problem) };
  }
}
