import { annotations, CertificateSigningRequest, labels } from '@ocm/api';
import { dataTypes } from '@ocm/cloudevents';
import { informer } from '@ocm/kube';
import { parseCertificateRequest } from '@ocm/pki';
import { type Caller, type EventService, RefusedError } from '../event-service.ts';
import { findForeignName } from './foreign-name.ts';
import { objectService } from './object-service.ts';
import { publishedObject, refuseOnError, unsupportedAction } from './published-object.ts';
import { cacheOptions, type ServiceContext } from './service-context.ts';

/** Certificate requests of clusters: agents make them, the hub decides about them. */
export function certificateRequestService(context: ServiceContext): EventService {
  const requests = context.client.kind(CertificateSigningRequest);
  return objectService(
    {
      dataType: dataTypes.certificateRequest,
      cache: informer(requests, {
        ...cacheOptions(context),
        labelSelector: labels.clusterName,
        indexes: { cluster: ({ metadata }) => [metadata.labels?.[labels.clusterName] ?? ''] },
      }),
      async publish(publication, signal) {
        const { subresource, action } = publication.type;
        if (`${subresource}.${action}` !== 'spec.create_request') throw unsupportedAction(publication);
        const sent = publishedObject(CertificateSigningRequest, publication);
        checkSubject(sent, publication.clusterName);
        await requests.create(withCaller(sent, publication.caller), { signal });
      },
    },
    context,
  );
}

/** The request as it is stored: who asked is said by the server alone, whatever annotations came with it (cloudevents-grpc 13). */
export function withCaller(csr: CertificateSigningRequest, { user }: Pick<Caller, 'user'>): CertificateSigningRequest {
  return { ...csr, metadata: { ...csr.metadata, annotations: { [annotations.csrUser]: user } } };
}

/**
 * Nobody asks for a certificate with the identity of another cluster, not even for one that would wait for a human.
 *
 * @throws RefusedError
 */
export function checkSubject({ spec }: CertificateSigningRequest, clusterName: string): void {
  const request = refuseOnError('failed to read spec.request', 'failed-precondition', () =>
    parseCertificateRequest(Buffer.from(spec.request, 'base64').toString()),
  );
  const foreign = findForeignName(request, clusterName);
  if (foreign === undefined) return;
  throw new RefusedError(
    'permission-denied',
    `access denied: "${foreign}" in the subject of the certificate request is no name of cluster "${clusterName}"`,
  );
}
