import type { TLSSocket } from 'node:tls';
import type { KeyAndCertificate } from '@ocm/pki';
import { openUpstream, type Upstream } from './upstream.ts';

/** One client's connection and the connections to the API server that belong to it. */
export interface Client {
  readonly socket: TLSSocket;
  /** The way to the API server on which headers name the user, or the one without a certificate for bearer tokens. */
  upstream(kind: 'front-proxy' | 'plain'): Upstream;
  /** Breaks the connection at once. */
  drop(): void;
}

export interface Clients {
  add(socket: TLSSocket): void;
  /** The client that a request came from; HTTP/2 hides its socket, so the port tells. */
  byPort(remotePort: number | undefined): Client | undefined;
  dropAll(): void;
}

export interface ClientsOptions {
  readonly url: string;
  readonly caPem: string;
  readonly front: KeyAndCertificate;
}

export function trackClients({ url, caPem, front }: ClientsOptions): Clients {
  const clients = new Map<number, Client>();
  return {
    add(socket) {
      const port = socket.remotePort;
      if (port === undefined) return; // gone already
      const client = newClient(socket, { url, caPem, front });
      clients.set(port, client.client);
      socket.once('close', () => {
        clients.delete(port);
        client.closeUpstreams();
      });
    },
    byPort: (port) => (port === undefined ? undefined : clients.get(port)),
    dropAll: () => clients.forEach((client) => client.drop()),
  };
}

function newClient(
  socket: TLSSocket,
  { url, caPem, front }: ClientsOptions,
): { readonly client: Client; closeUpstreams(): void } {
  const protocol = socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1';
  const upstreams = new Map<string, Upstream>();
  const client: Client = {
    socket,
    upstream(kind) {
      const open = upstreams.get(kind);
      if (open !== undefined) return open;
      const opened = openUpstream({ url, caPem, protocol, front: kind === 'front-proxy' ? front : undefined });
      upstreams.set(kind, opened);
      return opened;
    },
    drop: () => socket.destroy(),
  };
  return { client, closeUpstreams: () => upstreams.forEach((upstream) => upstream.close()) };
}
