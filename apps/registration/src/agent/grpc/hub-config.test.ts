import { parseGrpcClientConfig } from '@ocm/cloudevents';
import { constantFrom, integer, option, property, assert, record, boolean, webUrl } from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { hubConfig } from './hub-config.ts';

const CA = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';

function bootstrap(lines: readonly string[]) {
  return { config: parseGrpcClientConfig(lines.join('\n'), 'config.yaml'), ca: CA };
}

describe('the gRPC configuration of a registered agent', () => {
  test('[cloudevents-grpc 43] it has server, authority and the files of the certificate, and no token', () => {
    const { text } = hubConfig(
      bootstrap(['url: hub.example.com:8090', 'caFile: /ca', 'token: secret', 'tokenFile: /token']),
      '/spoke/hub-kubeconfig',
    );
    expect(parse(text)).toEqual({
      url: 'hub.example.com:8090',
      caData: Buffer.from(CA).toString('base64'),
      clientCertFile: '/spoke/hub-kubeconfig/tls.crt',
      clientKeyFile: '/spoke/hub-kubeconfig/tls.key',
      token: '',
    });
    expect(text).not.toContain('secret');
  });

  test('pings and the time that a server may be silent are carried over', () => {
    const { text, config } = hubConfig(
      bootstrap([
        'url: hub',
        'serverHealthinessTimeout: 1m30s',
        'keepAliveConfig: { enable: true, time: 45s, permitWithoutStream: true }',
      ]),
      '/d',
    );
    expect(parse(text)).toMatchObject({
      serverHealthinessTimeout: '90s',
      keepAliveConfig: { enable: true, time: '45s', timeout: '10s', permitWithoutStream: true },
    });
    expect(config).toMatchObject({
      serverHealthinessTimeoutMs: 90_000,
      keepAlive: { timeMs: 45_000, timeoutMs: 10_000, permitWithoutStream: true },
    });
  });

  test('[cloudevents-grpc trap 42] rendered from what was rendered it is the same, byte for byte', () => {
    const configs = record({
      url: webUrl(),
      keepAlive: option(
        record({
          timeMs: integer({ min: 10_000, max: 10 ** 7 }),
          timeoutMs: integer({ min: 1, max: 10 ** 6 }),
          permitWithoutStream: boolean(),
        }),
        { nil: undefined },
      ),
      serverHealthinessTimeoutMs: option(integer({ min: 1, max: 10 ** 7 }), { nil: undefined }),
      ca: constantFrom(CA, `${CA}${CA}`, undefined),
    });
    assert(
      property(configs, ({ ca, ...given }) => {
        const config = { ...given, ca: undefined, keyPair: undefined, token: undefined };
        const first = hubConfig({ config, ca }, '/spoke/hub-kubeconfig');
        expect(hubConfig(first, '/spoke/hub-kubeconfig').text).toBe(first.text);
      }),
    );
  });
});
