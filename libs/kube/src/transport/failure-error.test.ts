import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type OnStream, createTestPki, endpointOf, startHttp2Server, type TestPki } from '../../test/tls-server.ts';
import { systemClock } from '../clock.ts';
import type { KubeError } from '../error.ts';
import type { Endpoint } from '../kubeconfig/endpoint.ts';
import { errorOfFailure, refusesClientCertificate } from './failure-error.ts';
import { Transport } from './transport.ts';
import { RequestFailure } from './wire.ts';

let pki: TestPki;
let other: TestPki;
let opened: Transport[] = [];
beforeAll(async () => {
  [pki, other] = await Promise.all([createTestPki(), createTestPki()]);
});
afterEach(() => {
  for (const transport of opened) transport.destroy(new Error('the test is over'));
  opened = [];
});

const answer: OnStream = (stream) => stream.respond({ ':status': 204 }, { endStream: true });

async function problemWith(endpoint: Endpoint): Promise<KubeError> {
  const transport = new Transport(endpoint, systemClock);
  opened.push(transport);
  const { signal } = new AbortController();
  try {
    await transport.send({ method: 'GET', path: '/', headers: {}, streaming: false, signal });
  } catch (error) {
    if (error instanceof RequestFailure) return errorOfFailure('getting pods "a"', error, endpoint);
    throw error;
  }
  throw new Error('there was an answer');
}

describe('the error of a request without an answer', () => {
  test('another authority', async () => {
    await using server = await startHttp2Server(pki, answer);
    const error = await problemWith(endpointOf(server.url, other));
    expect(error.code).toBe('untrusted');
    expect(error.message).toMatch(
      /^getting pods "a": the certificate of https:\/\/127\.0\.0\.1:\d+ .*authority.*certificate-authority-data/,
    );
  });

  test('no authority: that of a cluster is not among those of the web', async () => {
    await using server = await startHttp2Server(pki, answer);
    const error = await problemWith(endpointOf(server.url, pki, { ca: undefined }));
    expect(error.code).toBe('untrusted');
  });

  test('a certificate for another name', async () => {
    await using server = await startHttp2Server(pki, answer);
    const error = await problemWith(endpointOf(server.url, pki, { serverName: 'other.test' }));
    expect(error.code).toBe('untrusted');
    expect(refusesClientCertificate(error)).toBe(false);
    expect(error.message).toMatch(/is for another name .*tls-server-name/);
  });

  test.each([
    'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
    'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  ])('a client certificate that the server turns down (%s)', (code) => {
    const cause = Object.assign(new Error('error:0A000415:SSL routines'), { code });
    const error = errorOfFailure('x', new RequestFailure('unreachable', cause), endpointOf(new URL('https://a'), pki));
    expect(error.code).toBe('untrusted');
    expect(refusesClientCertificate(error)).toBe(true);
    expect(error.message).toBe(
      `x: https://a turned the client certificate down (${code}); the client certificate must be renewed, or issued by an authority that the server trusts`,
    );
  });

  test('nobody listens', async () => {
    const server = await startHttp2Server(pki, answer);
    await server[Symbol.asyncDispose]();
    const error = await problemWith(endpointOf(server.url, pki));
    expect(error.code).toBe('unavailable');
    expect(error.message).toMatch(/: cannot connect to https:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/);
  });

  test('the connection is lost', async () => {
    await using server = await startHttp2Server(pki, (stream) => stream.session?.destroy());
    const error = await problemWith(endpointOf(server.url, pki));
    expect(error.code).toBe('unavailable');
    expect(error.message).toMatch(/: lost the connection to https:/);
  });

  test('none of several addresses answers', () => {
    const cause = new AggregateError([
      new Error('connect ECONNREFUSED ::1'),
      new Error('connect ECONNREFUSED 1.2.3.4'),
    ]);
    const error = errorOfFailure('x', new RequestFailure('unreachable', cause), endpointOf(new URL('https://a'), pki));
    expect(error.message).toBe(
      'x: cannot connect to https://a: connect ECONNREFUSED ::1; connect ECONNREFUSED 1.2.3.4',
    );
  });
});
