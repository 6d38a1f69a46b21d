import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '@ocm/kube';
import { until } from '@ocm/testing';
import { aServingCertificate, temporaryDirectory, writeCertificate } from '../../test/certificate-files.ts';
import { httpsGet } from '../../test/https-get.ts';
import { recordedLog } from '../../test/recorded-log.ts';
import { type ListenerOptions, openListener } from './http-listener.ts';
import { tlsSettings } from './tls-settings.ts';

const LOCAL = { host: '127.0.0.1', port: 0 } as const;

function options(over: Partial<ListenerOptions> & { readonly directory?: string } = {}): ListenerOptions {
  const { directory = '/nowhere', ...rest } = over;
  return {
    address: LOCAL,
    tls: { settings: tlsSettings(undefined, []), certificate: { directory, whenAbsent: 'self-signed', intervalMs: 5 } },
    answer: ({ method, path, query }) =>
      Promise.resolve({ status: 200, body: `${method} ${path} ${query.toString()}` }),
    clock: systemClock,
    log: recordedLog().log,
    ...rest,
  };
}

test('answers over TLS with the parts of the request', async () => {
  await using listener = await openListener(options());
  const answer = await httpsGet(listener.port, '/a/b?verbose&x=1');
  expect(answer).toMatchObject({ status: 200, body: 'GET /a/b verbose=&x=1', protocol: 'TLSv1.3' });
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
});

test('a HEAD request gets the headers only', async () => {
  await using listener = await openListener(options());
  const answer = await httpsGet(listener.port, '/', { method: 'HEAD' });
  expect(answer).toMatchObject({ status: 200, body: '' });
  expect(answer.headers['content-length']).toBe('7');
});

test('without TLS it speaks plain HTTP', async () => {
  const { tls: _tls, ...plain } = options();
  await using listener = await openListener(plain);
  const [response] = await once(get({ host: '127.0.0.1', port: listener.port, agent: false }), 'response');
  response.resume();
  expect(response.statusCode).toBe(200);
});

test('a new certificate is served without a restart, also to those who come after a half-written one', async () => {
  await using directory = await temporaryDirectory();
  await writeCertificate(directory.path, await aServingCertificate('first'));
  await using listener = await openListener(options({ directory: directory.path }));
  expect((await httpsGet(listener.port, '/')).certificate.subject.CN).toBe('first');
  await writeCertificate(directory.path, await aServingCertificate('second'));
  await until(async () => (await httpsGet(listener.port, '/')).certificate.subject.CN === 'second', {
    describe: 'the second certificate is shown',
  });
});

test('a certificate that is mounted later takes the place of the self-signed one', async () => {
  await using directory = await temporaryDirectory();
  await using listener = await openListener(options({ directory: directory.path }));
  expect((await httpsGet(listener.port, '/')).certificate.subject.CN).toBe('localhost');
  await writeCertificate(directory.path, await aServingCertificate('mounted'));
  await until(async () => (await httpsGet(listener.port, '/')).certificate.subject.CN === 'mounted', {
    describe: 'the mounted certificate is shown',
  });
});

describe('TLS settings', () => {
  const certificate = { directory: '/nowhere', whenAbsent: 'self-signed' } as const;

  test('a client below the oldest version is refused', async () => {
    const tls = { settings: tlsSettings('VersionTLS13', []), certificate };
    await using listener = await openListener(options({ tls }));
    await expect(httpsGet(listener.port, '/', { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/i);
    expect((await httpsGet(listener.port, '/')).protocol).toBe('TLSv1.3');
  });

  test('with TLS 1.2 only the listed suites are spoken, TLS 1.3 stays available', async () => {
    const tls = { settings: tlsSettings('VersionTLS12', ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384']), certificate };
    await using listener = await openListener(options({ tls }));
    const old = await httpsGet(listener.port, '/', { maxVersion: 'TLSv1.2' });
    expect(old).toMatchObject({ protocol: 'TLSv1.2', cipher: 'ECDHE-ECDSA-AES256-GCM-SHA384' });
    const other = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } as const;
    await expect(httpsGet(listener.port, '/', other)).rejects.toThrow(/handshake failure/i);
    expect((await httpsGet(listener.port, '/')).protocol).toBe('TLSv1.3');
  });

  test('HTTP/2 is off', async () => {
    await using listener = await openListener(options());
    const socket = connect({
      port: listener.port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();
  });
});

test('what goes wrong while answering is logged, not shown', async () => {
  const { log, lines } = recordedLog();
  await using listener = await openListener(options({ log, answer: () => Promise.reject(new Error('inner matter')) }));
  expect(await httpsGet(listener.port, '/x')).toMatchObject({ status: 500, body: 'internal error\n' });
  expect(lines()).toMatchObject([{ level: 'error', path: '/x', error: { message: 'inner matter' } }]);
});

test('an address in use is named', async () => {
  await using listener = await openListener(options());
  await expect(openListener(options({ address: { ...LOCAL, port: listener.port } }))).rejects.toMatchObject({
    name: 'ConfigError',
    message: `cannot listen on 127.0.0.1:${listener.port}: another process does already`,
  });
});

test('closing ends idle connections and tells requests under way', async () => {
  const told = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const listener = await openListener(
    options({
      answer: async (_request, signal) => {
        begun.resolve();
        signal.addEventListener('abort', () => told.resolve());
        await told.promise;
        return { status: 200, body: 'last words' };
      },
    }),
  );
  const answer = httpsGet(listener.port, '/');
  await begun.promise;
  await listener.close();
  expect((await answer).body).toBe('last words');
  await expect(httpsGet(listener.port, '/')).rejects.toThrow('ECONNREFUSED');
});
