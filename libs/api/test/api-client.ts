import { Agent, request } from 'node:https';
import type { KubeObject } from '@ocm/api';
import type { ControlPlane } from '@ocm/testing';

/** An answer of the API server: an object, or a Status that says why not. */
export interface Answer {
  readonly status: number;
  readonly body: KubeObject & { readonly message?: string; readonly items?: readonly KubeObject[] };
}

/** Requests as administrator. Connections end with the API server. */
export interface ApiClient {
  send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
}

/** A client with a certificate of `system:masters`. */
export async function adminClient(plane: ControlPlane): Promise<ApiClient> {
  const { certificatePem, privateKeyPem } = await plane.clientCertificate({
    user: 'admin',
    groups: ['system:masters'],
  });
  const agent = new Agent({ keepAlive: true, ca: plane.caPem, cert: certificatePem, key: privateKeyPem });
  return {
    send: (method, path, body) =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' };
        const sent = request(new URL(path, plane.url), { method, agent, headers }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) });
          });
        });
        sent.on('error', reject);
        sent.end(body === undefined ? undefined : JSON.stringify(body));
      }),
  };
}
