import type { PeerCertificate } from 'node:tls';
import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { Credentials } from '../access/authenticate.ts';
import { readPeerCertificate, type VerifiedCertificate } from '../access/peer-certificate.ts';

type Call = Pick<
  ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>,
  'metadata' | 'getPeer' | 'getAuthContext'
>;

/** Read once per connection: the listener hands out the same object at each call. */
const readCertificates = new WeakMap<PeerCertificate, VerifiedCertificate>();

/** What the client of a call shows: there is no session (cloudevents-grpc trap 17). */
export function credentialsOf(call: Call): Credentials {
  const { sslPeerCertificate: certificate } = call.getAuthContext();
  return {
    authorization: call.metadata.get('authorization')[0]?.toString(),
    certificate: certificate === undefined ? undefined : verified(certificate),
    peer: call.getPeer(),
  };
}

function verified(certificate: PeerCertificate): VerifiedCertificate {
  const known = readCertificates.get(certificate);
  if (known !== undefined) return known;
  const read = readPeerCertificate(certificate);
  readCertificates.set(certificate, read);
  return read;
}
