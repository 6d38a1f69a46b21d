import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { Credentials } from '../access/authenticate.ts';
import { readPeerCertificate } from '../access/peer-certificate.ts';

type Call = Pick<
  ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>,
  'metadata' | 'getPeer' | 'getAuthContext'
>;

/** What the client of a call shows: there is no session (cloudevents-grpc trap 17). */
export function credentialsOf(call: Call): Credentials {
  const { sslPeerCertificate: certificate } = call.getAuthContext();
  return {
    authorization: call.metadata.get('authorization')[0]?.toString(),
    certificate: certificate === undefined ? undefined : readPeerCertificate(certificate),
    peer: call.getPeer(),
  };
}
