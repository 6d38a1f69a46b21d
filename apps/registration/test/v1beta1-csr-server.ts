import { createServer, request as httpsRequest } from 'node:https';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { issueKeyAndCertificate } from '@ocm/pki';
import type { ControlPlane } from '@ocm/testing';

const GROUP = 'certificates.k8s.io';
const HOUR_MS = 3_600_000;

/** An API server as before Kubernetes 1.19: certificate requests in v1beta1 only. In truth v1 of a real one, under another name. */
export interface OldApiServer extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for with the old version. */
  readonly oldRequests: readonly string[];
}

export async function startOldApiServer({ url, caPem, ca, frontCa }: ControlPlane): Promise<OldApiServer> {
  const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + HOUR_MS) };
  const [serving, front] = await Promise.all([
    issueKeyAndCertificate(ca, { commonName: 'old', usages: ['server'], ipAddresses: ['127.0.0.1'], ...validity }),
    issueKeyAndCertificate(frontCa, { commonName: 'old', usages: ['client'], ...validity }),
  ]);
  const oldRequests: string[] = [];
  const upstream = { ca: caPem, cert: front.certificatePem, key: front.privateKeyPem };
  const tls = {
    cert: serving.certificatePem,
    key: serving.privateKeyPem,
    ca: caPem,
    requestCert: true,
    keepAliveTimeout: 0, // a connection that is closed while a client sends its next request fails that
  };
  const server = createServer(tls, (asked, answer) => {
    const path = asked.url ?? '/';
    if (path.startsWith(`/apis/${GROUP}/v1/`) || path === `/apis/${GROUP}/v1`) return notFound(answer);
    const isOld = path.startsWith(`/apis/${GROUP}/v1beta1`);
    if (isOld) oldRequests.push(path);
    const target = new URL(path.replace(`/apis/${GROUP}/v1beta1`, `/apis/${GROUP}/v1`), url);
    void relay(asked, answer, { target, upstream }).catch(() => answer.destroy());
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    oldRequests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Route {
  readonly target: URL;
  readonly upstream: { readonly ca: string; readonly cert: string; readonly key: string };
}

async function relay(asked: IncomingMessage, answer: ServerResponse, { target, upstream }: Route): Promise<void> {
  const body = renamed((await buffer(asked)).toString(), 'v1beta1', 'v1');
  const { host: _host, 'content-length': _length, connection: _connection, ...headers } = asked.headers;
  const sent = httpsRequest(target, {
    ...upstream,
    method: asked.method,
    headers: { ...headers, ...identityOf(asked.socket as TLSSocket), 'accept-encoding': 'identity' },
  });
  answer.once('close', () => sent.destroy());
  sent.end(body);
  const [got] = (await once(sent, 'response')) as [IncomingMessage];
  const { 'content-length': _old, 'transfer-encoding': _encoding, connection: _other, ...rest } = got.headers;
  answer.writeHead(got.statusCode ?? 502, rest);
  answer.flushHeaders();
  // A name cut in two by the end of a chunk stays as it is: clients do not look at it.
  for await (const chunk of got) answer.write(renamed(String(chunk), 'v1', 'v1beta1'));
  answer.end();
}

function identityOf(socket: TLSSocket): OutgoingHttpHeaders {
  const { CN, O = [] } = socket.getPeerCertificate().subject;
  return { 'x-remote-user': CN, 'x-remote-group': [O].flat() };
}

function renamed(text: string, from: string, to: string): string {
  return text.replaceAll(`"${GROUP}/${from}"`, `"${GROUP}/${to}"`);
}

function notFound(answer: ServerResponse): void {
  answer.writeHead(404, { 'content-type': 'application/json' });
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
  answer.end(JSON.stringify({ ...status, message: 'the server could not find the requested resource' }));
}
