import type { PeerCertificate } from 'node:tls';
import type { Caller } from '../event-service.ts';

/** A client certificate that the handshake has verified. */
export interface VerifiedCertificate {
  readonly caller: Caller;
  readonly notAfterMs: number;
}

/** Who shows this certificate: the common name is the user, the organisations are the groups (cloudevents-grpc 14.1). */
export function readPeerCertificate({ subject, valid_to: validTo }: PeerCertificate): VerifiedCertificate {
  // The typings promise one string per attribute; Node hands out a list where the name repeats it, and null for no name.
  const attributes: Partial<Record<string, string | readonly string[]>> = { ...subject };
  const values = (attribute: string): readonly string[] => [attributes[attribute] ?? []].flat();
  return {
    caller: { user: values('CN').at(-1) ?? '', groups: values('O') },
    notAfterMs: Date.parse(validTo),
  };
}
