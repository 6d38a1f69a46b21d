import { type CertificateSigningRequest, signers } from '@ocm/api';
import { type Controller, defineController, done, informer, type Logger } from '@ocm/kube';
import { type CertificateRequest, isPkiError, parseCertificateRequest } from '@ocm/pki';
import { byName, clusterObjectSelector, type HubContext } from '../hub-context.ts';
import { type GrpcSigner, isToBeSigned, signRequest } from './grpc-signer.ts';

type SigningContext = Pick<HubContext, 'client' | 'csrKind' | 'clock' | 'log' | 'settings' | 'cacheOptions'>;

/** Signs the approved requests of agents for the gRPC server (registration 10.4). */
export function csrSigningController(context: SigningContext, signer: GrpcSigner): Controller {
  const { client, csrKind, clock, log, settings, cacheOptions } = context;
  const csrs = client.kind(csrKind);
  const waiting = informer(csrs, {
    ...cacheOptions,
    labelSelector: clusterObjectSelector,
    fieldSelector: `spec.signerName=${signers.grpc}`,
    keep: isToBeSigned,
    resyncMs: settings.resyncMs,
  });
  return defineController({
    name: 'CSRSignController',
    watches: [waiting.events(byName)],
    async reconcile(name, signal) {
      const csr = waiting.get(name);
      const request = csr && readRequest(csr, log);
      if (csr === undefined || request === undefined) return done();
      // The lifetime that the request asks for is not looked at (registration 10.4).
      const certificate = signRequest(request, signer, clock.now());
      const status = { ...csr.status, certificate: Buffer.from(certificate).toString('base64') };
      await csrs.replace({ ...csr, status }, { subresource: 'status', signal });
      log.info({ csr: name }, 'certificate request signed');
      return done();
    },
  });
}

/** One that cannot be read does not become better by trying again. */
function readRequest({ metadata, spec }: CertificateSigningRequest, log: Logger): CertificateRequest | undefined {
  try {
    return parseCertificateRequest(Buffer.from(spec.request, 'base64').toString());
  } catch (error) {
    if (!isPkiError(error)) throw error;
    log.warn({ csr: metadata.name, problem: error.message }, 'certificate request cannot be signed');
    return undefined;
  }
}
