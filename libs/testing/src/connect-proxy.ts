import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { CertificateAuthority } from '@ocm/pki';
import { issueServingCertificate } from './certificates.ts';

export interface ConnectProxyOptions {
  /** Makes it an HTTPS proxy with a certificate of this authority. */
  readonly ca?: CertificateAuthority;
  /** `user:password` that clients must send as Basic credentials. */
  readonly credentials?: string;
}

/** A forward proxy that only knows CONNECT (RFC 9110 9.3.6), as for `proxy-url` in a kubeconfig. */
export interface ConnectProxy extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` or `https://…`, without credentials. */
  readonly url: string;
  /** `host:port` of every tunnel that was opened, in order. */
  readonly tunnels: readonly string[];
  /** CONNECT requests that were refused for missing or wrong credentials. */
  readonly refused: number;
  /** Breaks the tunnels that are open. */
  dropTunnels(): void;
  close(): Promise<void>;
}

/** Starts a forward proxy on a free port of 127.0.0.1. */
export async function startConnectProxy({ ca, credentials }: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const server = ca === undefined ? createServer() : await tlsServer(ca);
  const open = new Set<Duplex>();
  const tunnels: string[] = [];
  let refused = 0;
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    open.add(client);
    client.once('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    if (!isAllowed(request, credentials)) {
      refused += 1;
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
      return;
    }
    const target = request.url ?? '';
    tunnels.push(target);
    tunnel(target, client);
  });
  server.on('request', (_request, response) => response.writeHead(405).end('only CONNECT\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dropTunnels = (): void => open.forEach((client) => client.destroy());
  const close = async (): Promise<void> => {
    dropTunnels();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  return {
    url: `${ca === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    tunnels,
    get refused() {
      return refused;
    },
    dropTunnels,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function isAllowed({ headers }: IncomingMessage, credentials: string | undefined): boolean {
  if (credentials === undefined) return true;
  return headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function tunnel(target: string, client: Duplex): void {
  const { hostname, port } = new URL(`tcp://${target}`);
  const upstream = connect({ host: hostname, port: Number(port) });
  upstream.once('connect', () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    client.pipe(upstream).pipe(client);
  });
  upstream.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  client.once('close', () => upstream.destroy());
  upstream.once('close', () => client.destroy());
}

async function tlsServer(ca: CertificateAuthority): Promise<Server> {
  const { certificatePem, privateKeyPem } = await issueServingCertificate(ca, 'connect-proxy', [
    '127.0.0.1',
    'localhost',
  ]);
  return createTlsServer({ cert: certificatePem, key: privateKeyPem });
}
