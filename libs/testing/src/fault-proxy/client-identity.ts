import type { OutgoingHttpHeaders } from 'node:http';
import type { PeerCertificate, TLSSocket } from 'node:tls';

/** Who the client is by its TLS connection. */
export type ClientIdentity =
  | { readonly kind: 'certificate'; readonly user: string; readonly groups: readonly string[] }
  /** It showed no certificate: a bearer token may still say who it is. */
  | { readonly kind: 'none' }
  /** It showed one that kube-apiserver would answer with 401. */
  | { readonly kind: 'refused'; readonly why: string };

/** Judged at each request, as kube-apiserver does: a certificate can expire while the connection lasts. */
export function clientIdentity(socket: TLSSocket, nowMs: number): ClientIdentity {
  // Null once the connection has gone.
  const certificate = socket.getPeerCertificate() as Partial<PeerCertificate> | null;
  if (certificate?.subject === undefined) return { kind: 'none' };
  if (!socket.authorized) return { kind: 'refused', why: String(socket.authorizationError) };
  if (Date.parse(certificate.valid_to ?? '') < nowMs) return { kind: 'refused', why: 'CERT_HAS_EXPIRED' };
  const { CN, O } = certificate.subject;
  return { kind: 'certificate', user: list(CN)[0] ?? '', groups: list(O) };
}

/** The headers in which a front proxy tells the API server who the user is. */
export function identityHeaders(identity: ClientIdentity): OutgoingHttpHeaders {
  if (identity.kind !== 'certificate') return {};
  const { user, groups } = identity;
  return { 'x-remote-user': user, ...(groups.length === 0 ? {} : { 'x-remote-group': [...groups] }) };
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
