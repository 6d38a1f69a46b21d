import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '@ocm/service';
import { parseMqttConfig, splitBrokerHost } from './mqtt-config.ts';

const TOPICS =
  'topics: {sourceEvents: sources/s1/clusters/+/sourceevents, agentEvents: sources/s1/clusters/+/agentevents}';
const parse = (...lines: string[]): ReturnType<typeof parseMqttConfig> =>
  parseMqttConfig(lines.join('\n'), 'config.yaml');

function problemsOf(...lines: string[]): readonly string[] {
  try {
    parse(...lines);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
  }
  throw new Error('the configuration is accepted');
}

describe('the configuration file of an MQTT client', () => {
  test('with what is required has the defaults', () => {
    expect(parse('brokerHost: broker.example.com:1883', TOPICS)).toEqual({
      brokerHost: 'broker.example.com:1883',
      username: undefined,
      password: undefined,
      keepAliveSeconds: 60,
      dialTimeoutMs: 60_000,
      publishQos: 1,
      subscribeQos: 1,
      ca: undefined,
      keyPair: undefined,
      topics: {
        sourceEvents: 'sources/s1/clusters/+/sourceevents',
        agentEvents: 'sources/s1/clusters/+/agentevents',
        sourceBroadcast: undefined,
        agentBroadcast: undefined,
      },
    });
  });

  test('may be JSON, keys that are unknown do not matter, and 0 is a value', () => {
    const topics = { sourceEvents: 'a/b/c/d/sourceevents', agentEvents: 'a/b/c/d/agentevents', other: 1 };
    const text = JSON.stringify({
      brokerHost: 'b:1',
      pubQoS: 0,
      subQoS: 2,
      keepAlive: 0,
      dialTimeout: '1.5s',
      topics,
      x: [],
    });
    expect(parse(text)).toMatchObject({ publishQos: 0, subscribeQos: 2, keepAliveSeconds: 0, dialTimeoutMs: 1500 });
  });

  test('a key pair and authorities come from files, or from the file itself', () => {
    const data = Buffer.from('PEM').toString('base64');
    const lines = [`caData: ${data}`, 'caFile: /ca', 'clientCertFile: /cert', `clientKeyData: ${data}`];
    expect(parse('brokerHost: b:1', TOPICS, ...lines)).toMatchObject({
      ca: { kind: 'inline', text: 'PEM' },
      keyPair: { certificate: { kind: 'file', path: '/cert' }, key: { kind: 'inline', text: 'PEM' } },
    });
  });

  test.each([
    { lines: [TOPICS], says: 'brokerHost is required' },
    { lines: ['brokerHost: broker', TOPICS], says: 'brokerHost is "broker"; allowed is host:port' },
    {
      lines: ['brokerHost: tcp://broker:1883', TOPICS],
      says: 'brokerHost is "tcp://broker:1883"; allowed is host:port',
    },
    { lines: ['brokerHost: b:1'], says: 'the topics must be set' },
    { lines: ['brokerHost: b:1', 'topics: {sourceEvents: a/b/c/d/sourceevents}'], says: 'the topics must be set' },
    {
      lines: ['brokerHost: b:1', TOPICS, 'clientCertFile: /c'],
      says: 'either both or none of clientCertFile and clientKeyFile must be set',
    },
    { lines: ['brokerHost: b:1', TOPICS, 'pubQoS: 3'], says: 'pubQoS is not an integer from 0 to 2' },
    { lines: ['brokerHost: b:1', TOPICS, 'subQoS: "1"'], says: 'subQoS is not an integer from 0 to 2' },
    { lines: ['brokerHost: b:1', TOPICS, 'keepAlive: 70000'], says: 'keepAlive is not an integer from 0 to 65535' },
    { lines: ['brokerHost: b:1', TOPICS, 'dialTimeout: 5'], says: 'dialTimeout is not a string' },
    { lines: ['brokerHost: b:1', TOPICS, 'dialTimeout: 0s'], says: 'dialTimeout is 0 ms; allowed is more than 0' },
  ])('is refused: $says', ({ lines, says }) => {
    expect(problemsOf(...lines)).toEqual([`config.yaml: ${says}`]);
  });

  test('[cloudevents-grpc 69] a topic with an upper-case or misplaced segment is refused with the expected pattern', () => {
    const topics = 'topics: {sourceEvents: sources/S1/clusters/+/sourceevents, agentEvents: agentevents/s1/clusters/+}';
    expect(problemsOf('brokerHost: b:1', topics)).toEqual([
      expect.stringMatching(
        /topics\.sourceEvents is "sources\/S1\/clusters\/\+\/sourceevents"; it has to match \^.*sourceevents\$$/,
      ),
      expect.stringMatching(/topics\.agentEvents is .*; it has to match \^.*agentevents\$$/),
    ]);
  });

  test('no message has a password or a key in it', () => {
    const text = problemsOf('password: [secret]', 'clientKeyData: secret!').join();
    expect(text).not.toMatch(/secret/);
  });
});

test.each([
  ['broker:1883', { host: 'broker', port: 1883 }],
  ['[::1]:1883', { host: '::1', port: 1883 }],
  ['127.0.0.1:65535', { host: '127.0.0.1', port: 65_535 }],
  ['broker:0', undefined],
  ['broker:65536', undefined],
  ['::1:1883', undefined],
  ['user@broker:1', undefined],
])('%s is split into host and port', (text, want) => {
  expect(splitBrokerHost(text)).toEqual(want);
});
