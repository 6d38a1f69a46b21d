import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { silentLogger } from '@ocm/kube';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueKeyAndCertificate,
  type KeyAndCertificate,
} from '@ocm/pki';
import { listenTls, type TlsListenerOptions } from './tls-listener.ts';

const DAY_MS = 86_400_000;
const from = new Date(Date.now() - 2 * DAY_MS);

let ca: CertificateAuthority;
let serving: KeyAndCertificate;

const authority = (commonName: string): Promise<CertificateAuthority> =>
  createCertificateAuthority({ commonName, validityMs: 10 * DAY_MS, now: from });

function issue(by: CertificateAuthority, usage: 'client' | 'server', notAfterMs = DAY_MS): Promise<KeyAndCertificate> {
  return issueKeyAndCertificate(by, {
    commonName: usage,
    usages: [usage],
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    notBefore: from,
    notAfter: new Date(Date.now() + notAfterMs),
  });
}

beforeAll(async () => {
  ca = await authority('ours');
  serving = await issue(ca, 'server');
});

type Options = Partial<Pick<TlsListenerOptions, 'versions' | 'clientAuthorities' | 'handshakeTimeoutMs'>>;

async function setUp(options: Options = {}) {
  const accepted: TLSSocket[] = [];
  const listener = await listenTls({
    address: { host: '127.0.0.1', port: 0 },
    versions: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' },
    clientAuthorities: ca.certificatePem,
    handshakeTimeoutMs: 60_000,
    ...options,
    pair: serving,
    onConnection(socket) {
      accepted.push(socket);
      socket.write('welcome');
    },
    log: silentLogger,
  });
  const close = (): void => {
    listener[Symbol.dispose]();
    for (const socket of accepted) socket.destroy();
  };
  return { listener, accepted, [Symbol.dispose]: close };
}

/** Who was let in is told so; `undefined`: it was not. */
async function welcomed(port: number, options: ConnectionOptions = {}): Promise<TLSSocket | undefined> {
  const socket = connect({ port, host: '127.0.0.1', ca: ca.certificatePem, ALPNProtocols: ['h2'], ...options });
  socket.on('error', () => undefined);
  const told = await Promise.race([
    once(socket, 'data').catch(() => undefined),
    new Promise((resolve) => socket.once('close', resolve)),
  ]);
  return Array.isArray(told) ? socket : undefined;
}

const shown = ({ certificatePem: cert, privateKeyPem: key }: KeyAndCertificate): ConnectionOptions => ({ cert, key });

/** A connection with its TLS session, once it is at its end or has been welcomed. */
async function withSession(port: number, options: ConnectionOptions): Promise<Buffer | undefined> {
  const socket = connect({ port, host: '127.0.0.1', ca: ca.certificatePem, ALPNProtocols: ['h2'], ...options });
  let session: Buffer | undefined;
  socket.on('session', (next) => (session = next));
  socket.on('error', () => undefined);
  socket.on('data', () => socket.end());
  await new Promise((resolve) => socket.once('close', resolve));
  return session;
}

describe('connections', () => {
  test('are let in without a certificate, and with one that verifies', async () => {
    using env = await setUp();
    const { port } = env.listener;
    const [plain, known] = [await welcomed(port), await welcomed(port, shown(await issue(ca, 'client')))];
    expect(plain?.alpnProtocol).toBe('h2');
    expect(env.accepted.map(({ authorized }) => authorized)).toEqual([false, true]);
    expect(env.accepted[1]?.getPeerCertificate().subject.CN).toBe('client');
    for (const socket of [plain, known]) socket?.destroy();
  });

  test.each<[string, () => Promise<ConnectionOptions>]>([
    [
      '[cloudevents-grpc 57] a certificate of an unknown authority',
      async () => shown(await issue(await authority('theirs'), 'client')),
    ],
    [
      '[cloudevents-grpc 57] one of an authority that has our name',
      async () => shown(await issue(await authority('ours'), 'client')),
    ],
    ['a certificate that has expired', async () => shown(await issue(ca, 'client', -DAY_MS))],
    ['a certificate of a server', async () => shown(await issue(ca, 'server'))],
    ['no offer of HTTP/2', async () => ({ ALPNProtocols: [] })],
    ['an offer of HTTP/1.1 only', async () => ({ ALPNProtocols: ['http/1.1'] })],
  ])('are cut with %s', async (_what, options) => {
    using env = await setUp();
    expect(await welcomed(env.listener.port, await options())).toBeUndefined();
    expect(env.accepted).toEqual([]);
  });

  test('know the certificate again when the TLS session is resumed', async () => {
    using env = await setUp();
    const { port } = env.listener;
    const options = shown(await issue(ca, 'client'));
    const again = await welcomed(port, { ...options, session: await withSession(port, options) });
    expect(again?.isSessionReused()).toBe(true);
    expect(env.accepted.at(-1)?.authorized).toBe(true);
    expect(env.accepted.at(-1)?.getPeerCertificate().subject.CN).toBe('client');
    again?.destroy();
  });

  test('refuse a bad certificate again when the TLS session is resumed', async () => {
    using env = await setUp();
    const { port } = env.listener;
    const options = shown(await issue(await authority('theirs'), 'client'));
    expect(await welcomed(port, { ...options, session: await withSession(port, options) })).toBeUndefined();
    expect(env.accepted).toEqual([]);
  });

  test('nobody is asked for a certificate without authorities', async () => {
    using env = await setUp({ clientAuthorities: undefined });
    const socket = await welcomed(env.listener.port, shown(await issue(await authority('theirs'), 'client')));
    expect(socket).toBeDefined();
    expect(env.accepted[0]?.getPeerCertificate()).toEqual({});
    socket?.destroy();
  });

  test('are cut when the handshake takes too long', async () => {
    using env = await setUp({ handshakeTimeoutMs: 200 });
    const socket = connectPlain({ port: env.listener.port, host: '127.0.0.1' });
    await once(socket, 'close');
  });

  test('are refused below the oldest version', async () => {
    using env = await setUp({ versions: { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } });
    expect(await welcomed(env.listener.port, { maxVersion: 'TLSv1.2' })).toBeUndefined();
  });

  test('use only the cipher suites that are given, below TLS 1.3', async () => {
    const ciphers = 'ECDHE-ECDSA-AES256-GCM-SHA384';
    using env = await setUp({ versions: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers } });
    const { port } = env.listener;
    expect(await welcomed(port, { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).toBeUndefined();
    const socket = await welcomed(port, { ciphers });
    expect(socket?.getCipher().name).toBe(ciphers);
    socket?.destroy();
  });
});

test('[cloudevents-grpc 58] a new certificate is for new handshakes; connections live on', async () => {
  using env = await setUp();
  const { listener } = env;
  const before = await welcomed(listener.port);
  const next = await issue(ca, 'server', 2 * DAY_MS);
  listener.replace(next);
  const after = await welcomed(listener.port);
  expect(after?.getPeerX509Certificate()?.validToDate).not.toEqual(before?.getPeerX509Certificate()?.validToDate);
  expect(before?.destroyed).toBe(false);
  for (const socket of [before, after]) socket?.destroy();
});

test('a port that is taken is named', async () => {
  using env = await setUp();
  const { port } = env.listener;
  const again = listenTls({
    address: { host: '127.0.0.1', port },
    versions: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' },
    pair: serving,
    clientAuthorities: undefined,
    handshakeTimeoutMs: 5000,
    onConnection: () => undefined,
    log: silentLogger,
  });
  await expect(again).rejects.toThrow(`cannot listen on 127.0.0.1:${port} (server_bind_port)`);
});
