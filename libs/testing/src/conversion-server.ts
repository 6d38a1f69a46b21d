import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { answerConversionReview, conversionPath } from '@ocm/api';
import type { CertificateAuthority } from '@ocm/pki';
import { issueServingCertificate } from './certificates.ts';

// kube-apiserver converts a list in one request; etcd holds objects of up to 1.5 MB.
const LARGEST_REVIEW_BYTES = 256 * 1024 * 1024;

/** Where the API server has add-on objects converted between v1alpha1 and v1beta1. */
export interface ConversionEndpoint {
  readonly url: string;
  /** PEM certificates that the server's certificate is checked against, in base64 as in the API. */
  readonly caBundle: string;
}

export interface ConversionServer extends ConversionEndpoint, AsyncDisposable {
  close(): Promise<void>;
}

/**
 * The conversion webhook of the add-on CRDs, over HTTPS on 127.0.0.1. A control plane serves its own in this process; one
 * that outlives the process, or several that share one, are given this. Neither the server nor its connections keep the
 * process alive.
 */
export async function serveConversion({ ca }: { readonly ca: CertificateAuthority }): Promise<ConversionServer> {
  const { certificatePem, privateKeyPem } = await issueServingCertificate(ca, 'addon-conversion', ['127.0.0.1']);
  // The API server keeps connections for its next question; one that were closed here at the same instant would fail that question.
  const server = createServer({ cert: certificatePem, key: privateKeyPem, keepAliveTimeout: 0 });
  server.on('request', (request, response) => void answer(request, response));
  server.on('secureConnection', (socket) => socket.unref());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}${conversionPath}`,
    caBundle: Buffer.from(ca.certificatePem).toString('base64'),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const review = answerConversionReview(JSON.parse(await readBody(request)));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(review));
  } catch (error) {
    response.writeHead(400, { 'content-type': 'text/plain' }).end(String(error));
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_REVIEW_BYTES)
      throw new RangeError(`a ConversionReview of more than ${LARGEST_REVIEW_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
