import { describe, expect, test } from '@jest/globals';
import { parseServerConfig, type TlsFlags } from './server-config.ts';

const noFlags: TlsFlags = { minVersion: undefined, cipherSuites: [] };
const read = (content: unknown, flags = noFlags) => parseServerConfig(content, flags);

describe('the configuration of the gRPC port', () => {
  test.each([undefined, null, {}])('[cloudevents-grpc 59] %j means the defaults', (content) => {
    expect(read(content)).toEqual({
      config: {
        certificateFile: '/var/run/secrets/hub/grpc/serving-cert/tls.crt',
        keyFile: '/var/run/secrets/hub/grpc/serving-cert/tls.key',
        clientCaFile: '/var/run/secrets/hub/grpc/ca/ca-bundle.crt',
        tls: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' },
        port: 8090,
        maxConcurrentStreams: 4_294_967_295,
        maxReceiveBytes: 4_194_304,
        maxSendBytes: 2_147_483_647,
        handshakeTimeoutMs: 120_000,
        maxConnectionAgeMs: undefined,
        pingIntervalMs: 30_000,
        pingTimeoutMs: 10_000,
      },
      withoutEffect: [],
      unknown: [],
    });
  });

  test('takes what the file says, and tells what does nothing', () => {
    const { config, withoutEffect, unknown } = read({
      tls_cert_file: '/c',
      tls_key_file: '/k',
      client_ca_file: '',
      server_bind_port: 1,
      max_connection_age: '1h30m',
      server_ping_interval: '7s',
      permit_ping_without_stream: true,
      read_buffer_size: null,
      client_min_ping_interval: '1s',
      shoe_size: 43,
    });
    expect(config).toMatchObject({
      certificateFile: '/c',
      keyFile: '/k',
      clientCaFile: undefined,
      port: 1,
      maxConnectionAgeMs: 5_400_000,
      pingIntervalMs: 7000,
    });
    expect({ withoutEffect, unknown }).toEqual({
      withoutEffect: ['permit_ping_without_stream', 'client_min_ping_interval'],
      unknown: ['shoe_size'],
    });
  });

  test.each([
    { min: 'VersionTLS12', max: 'VersionTLS13', tls: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' } },
    { min: 'TLSv1.3', max: 'TLSv1.3', tls: { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } },
    { min: '', max: '', tls: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' } },
    { min: 'TLSv1.2', max: 'VersionTLS12', tls: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } },
  ])('TLS from "$min" to "$max"', ({ min, max, tls }) => {
    expect(read({ tls_min_version: min, tls_max_version: max }).config.tls).toEqual(tls);
  });

  test('a time that no timer can wait is as long as one can', () => {
    expect(read({ connection_timeout: '10000h' }).config.handshakeTimeoutMs).toBe(2 ** 31 - 1);
  });

  test('flags go before the file', () => {
    const flags = { minVersion: 'VersionTLS12', cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'] };
    const { tls } = read({ tls_min_version: 'VersionTLS13', cipher_suites: 'TLS_AES_128_GCM_SHA256' }, flags).config;
    expect(tls.minVersion).toBe('TLSv1.2');
    expect(tls.ciphers).toMatch(/ECDHE-RSA-AES128-GCM-SHA256$/);
  });

  test.each<[object, RegExp]>([
    [{ tls_min_version: 'VersionTLS11' }, /minimum supported is TLS 1\.2/],
    [{ tls_min_version: 'TLSv1.0' }, /minimum supported is TLS 1\.2/],
    [{ tls_min_version: 'SSL' }, /tls_min_version "SSL" must be one of VersionTLS10, TLSv1\.0/],
    [{ tls_max_version: '1.3' }, /tls_max_version must be one of .*, got "1\.3"/],
    [{ tls_min_version: 'TLSv1.3', tls_max_version: 'TLSv1.2' }, /newer than tls_max_version/],
    [{ cipher_suites: 'TLS_AES_128_GCM_SHA256,TLS_NOTHING' }, /unrecognized cipher suite.*TLS_NOTHING/],
    [{ server_bind_port: 70_000 }, /server_bind_port must be a whole number from 1 to 65535, got 70000/],
    [{ server_bind_port: '8090' }, /server_bind_port must be a whole number .*, got "8090"/],
    [{ max_receive_message_size: 0 }, /max_receive_message_size must be/],
    [{ cert_watch_interval: '30s' }, /cert_watch_interval must be a duration such as 1m30s, more than 30000 ms/],
    [{ connection_timeout: 5 }, /connection_timeout must be a duration/],
    [{ max_connection_age: '-1s' }, /max_connection_age must be a duration/],
    [{ permit_ping_without_stream: 'yes' }, /permit_ping_without_stream must be true or false/],
    [{ tls_cert_file: '' }, /tls_cert_file must be the path of a file/],
    [['a list'], /must hold a map/],
  ])('[cloudevents-grpc 59] %j is refused', (content, message) => {
    expect(() => read(content)).toThrow(message);
  });

  test('all that is wrong is said at once', () => {
    expect(() => read({ server_bind_port: 0, read_buffer_size: -1 })).toThrow(/server_bind_port.*; read_buffer_size/);
  });
});
