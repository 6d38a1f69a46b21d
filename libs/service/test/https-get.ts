import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { type PeerCertificate, type SecureVersion, type TLSSocket } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly protocol: string | null;
  readonly cipher: string;
  readonly certificate: PeerCertificate;
}

/** One request over a connection of its own; the certificate is not verified. */
export async function httpsGet(
  port: number,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly maxVersion?: SecureVersion;
    readonly ciphers?: string;
    readonly body?: string;
    /** Client certificate and its key, in PEM. */
    readonly cert?: string;
    readonly key?: string;
  } = {},
): Promise<Answer> {
  const { body, ...rest } = options;
  const sent = request({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false, ...rest });
  // Whoever waits hears of the first error; a connection that breaks while sending may bring more.
  sent.on('error', () => undefined);
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const socket = response.socket as TLSSocket;
  const facts = {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().name,
    certificate: socket.getPeerCertificate(),
  };
  const chunks: Buffer[] = await response.toArray();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString(),
    ...facts,
  };
}
