import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '@ocm/service';
import { parseGrpcClientConfig, usesTls } from './client-config.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const parse = (text: string): ReturnType<typeof parseGrpcClientConfig> => parseGrpcClientConfig(text, 'config.yaml');

describe('the configuration file of a gRPC client', () => {
  test('with nothing but a url has no TLS and the defaults', () => {
    const config = parse('url: hub.example.com');
    expect(config).toEqual({
      url: 'hub.example.com',
      ca: undefined,
      keyPair: undefined,
      token: undefined,
      keepAlive: undefined,
      serverHealthinessTimeoutMs: undefined,
    });
    expect(usesTls(config)).toBe(false);
  });

  test('may be JSON, and keys that are unknown do not matter', () => {
    expect(parse('{"url":"h:1","caFile":"/ca","extra":[1]}')).toMatchObject({
      url: 'h:1',
      ca: { kind: 'file', path: '/ca' },
    });
  });

  test('caFile alone does not switch TLS on, token and key pair do', () => {
    expect(usesTls(parse('url: h\ncaFile: /ca'))).toBe(false);
    expect(usesTls(parse('url: h\ncaFile: /ca\ntoken: t'))).toBe(true);
    expect(usesTls(parse('url: h\nclientCertFile: /c\nclientKeyFile: /k'))).toBe(true);
  });

  test('data wins over files, a token over its file', () => {
    const config = parse(
      [
        'url: h',
        `caData: ${base64('CA')}`,
        'caFile: /ca',
        `clientCertData: ${base64('CERT')}`,
        'clientCertFile: /cert',
        'clientKeyFile: /key',
        'token: abc',
        'tokenFile: /token',
      ].join('\n'),
    );
    expect(config).toMatchObject({
      ca: { kind: 'inline', text: 'CA' },
      keyPair: { certificate: { kind: 'inline', text: 'CERT' }, key: { kind: 'file', path: '/key' } },
      token: { kind: 'inline', text: 'abc' },
    });
  });

  test.each([
    { text: 'keepAliveConfig: {time: 1m}', want: undefined },
    {
      text: 'keepAliveConfig: {enable: true}',
      want: { timeMs: 30_000, timeoutMs: 10_000, permitWithoutStream: false },
    },
    {
      text: 'keepAliveConfig: {enable: true, time: 1s, timeout: 3s, permitWithoutStream: true}',
      want: { timeMs: 10_000, timeoutMs: 3000, permitWithoutStream: true },
    },
  ])('$text', ({ text, want }) => {
    expect(parse(`url: h\n${text}`).keepAlive).toEqual(want);
  });

  test('serverHealthinessTimeout is a duration', () => {
    expect(parse('url: h\nserverHealthinessTimeout: 20s').serverHealthinessTimeoutMs).toBe(20_000);
  });

  test.each([
    ['{}', 'url is required'],
    ['url: h\nclientCertFile: /c', 'either both or none of clientCertFile and clientKeyFile must be set'],
    ['url: h\nclientKeyFile: /k', 'either both or none of clientCertFile and clientKeyFile must be set'],
    ['url: h\ntoken: t', 'setting token requires authority certificates'],
  ])('[cloudevents-grpc 60] %j is refused as the deployed clients do', (text, message) => {
    expect(() => parse(text)).toThrow(`config.yaml: ${message}`);
  });

  test.each([
    ['', 'config.yaml: url is required'],
    ['caFile: /ca', 'config.yaml: url is required'],
    ['url: h\nclientCertFile: /c', 'config.yaml: either both or none of clientCertFile and clientKeyFile must be set'],
    ['url: h\nclientKeyData: aaaa', 'config.yaml: either both or none of clientCertFile and clientKeyFile must be set'],
    ['url: h\ntoken: t', 'config.yaml: setting token requires authority certificates'],
    ['url: h\ntokenFile: /t', 'config.yaml: setting token requires authority certificates'],
    ['url: h\ncaData: "*"', 'config.yaml: caData is not base64'],
    ['url: 5', 'config.yaml: url is not a string; config.yaml: url is required'],
    ['url: h\nkeepAliveConfig: yes please', 'config.yaml: keepAliveConfig is not a mapping'],
    [
      'url: h\nkeepAliveConfig: {time: soon}',
      'config.yaml: keepAliveConfig.time is "soon"; allowed is a duration such as 30s',
    ],
    ['url: h\nserverHealthinessTimeout: 0s', 'config.yaml: serverHealthinessTimeout is 0 ms; allowed is more than 0'],
    ['url: [', 'config.yaml: neither YAML nor JSON'],
  ])('%j is refused', (text, message) => {
    expect(() => parse(text)).toThrow(new ConfigError([message]));
  });
});
