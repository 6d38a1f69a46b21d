import { annotations, type CertificateSigningRequest } from '@ocm/api';
import type { Requester } from '../csr/judge-csr.ts';

/**
 * Who is behind a request with the gRPC signer (cloudevents-grpc 16.4). The gRPC server makes the requests of its callers in its own name and
 * notes theirs in an annotation, which nobody else is believed: anybody who may make requests could write it.
 *
 * @param organizations that the request asks for; the server does not say what groups its caller has
 * @param server user name of the gRPC server
 */
export function grpcRequester(
  { metadata, spec }: CertificateSigningRequest,
  organizations: readonly string[],
  server: string,
): Requester {
  if (spec.username !== server) return spec;
  return { username: metadata.annotations?.[annotations.csrUser] ?? '', groups: organizations };
}
