import { parseFlags } from '@ocm/service';
import { describe, expect, test } from '@jest/globals';
import { agentFlags, type AgentSettings } from './agent-flags.ts';
import { bootstrapKubeconfigs, checkCertificateLifetime, grpcPaths, hubKubeconfigPath } from './agent-settings.ts';

function settingsOf(...argv: readonly string[]): AgentSettings {
  const outcome = parseFlags(agentFlags, argv, { name: 'registration agent', summary: '' });
  if (outcome.kind !== 'config') throw new Error('help was not asked for');
  return outcome.config;
}

describe('bootstrapKubeconfigs', () => {
  test('one hub has one', () => {
    expect(bootstrapKubeconfigs(settingsOf('--bootstrap-kubeconfig=/b'))).toEqual({ kind: 'one', path: '/b' });
  });

  test('several hubs have several', () => {
    const paths = ['--bootstrap-kubeconfigs=/a', '--bootstrap-kubeconfigs=/b'];
    expect(bootstrapKubeconfigs(settingsOf('--feature-gates=MultipleHubs=true', ...paths))).toEqual({
      kind: 'several',
      paths: ['/a', '/b'],
    });
  });

  test.each([
    { flags: [], says: 'bootstrap-kubeconfig is required' },
    {
      flags: ['--feature-gates=MultipleHubs=true', '--bootstrap-kubeconfigs=/a'],
      says: 'expect at least 2 bootstrap kubeconfigs',
    },
    {
      flags: [
        '--feature-gates=MultipleHubs=true',
        '--registration-auth=grpc',
        '--bootstrap-kubeconfigs=/a',
        '--bootstrap-kubeconfigs=/b',
      ],
      says: 'MultipleHubs does not go with --registration-auth=grpc',
    },
  ])('the agent does not start with $flags', ({ flags, says }) => {
    expect(() => bootstrapKubeconfigs(settingsOf(...flags))).toThrow(says);
  });
});

const check = (...flags: readonly string[]) => checkCertificateLifetime.bind(undefined, settingsOf(...flags));

describe('checkCertificateLifetime', () => {
  test.each(['', '--registration-auth=csr', '--registration-auth=whatever'])(
    'with "%s" an hour is the least',
    (auth) => {
      const driver = auth === '' ? [] : [auth];
      expect(check(...driver)).not.toThrow();
      expect(check(...driver, '--client-cert-expiration-seconds=3600')).not.toThrow();
      expect(check(...driver, '--client-cert-expiration-seconds=3599')).toThrow(
        '--client-cert-expiration-seconds must be 0 or at least 3600, got "3599"',
      );
    },
  );

  test.each(['awsirsa', 'grpc'])('%s asks for no certificate of the kind', (auth) => {
    expect(check(`--registration-auth=${auth}`, '--client-cert-expiration-seconds=600')).not.toThrow();
  });
});

test.each([
  { flags: ['--hub-kubeconfig-dir=/hub'], path: '/hub/kubeconfig' },
  { flags: ['--hub-kubeconfig-dir=/hub', '--hub-kubeconfig=/elsewhere/config'], path: '/elsewhere/config' },
])('the hub kubeconfig of $flags is $path', ({ flags, path }) => {
  expect(hubKubeconfigPath(settingsOf(...flags))).toBe(path);
});

describe('grpcPaths', () => {
  test.each([
    {
      flags: ['--grpc-bootstrap-config=/b.yaml', '--grpc-config=/c.yaml'],
      paths: { bootstrap: '/b.yaml', joined: '/c.yaml' },
    },
    {
      flags: ['--grpc-bootstrap-config=/b.yaml'],
      paths: { bootstrap: '/b.yaml', joined: '/spoke/hub-kubeconfig/config.yaml' },
    },
    { flags: ['--grpc-config=/c.yaml'], paths: { bootstrap: undefined, joined: '/c.yaml' } },
  ])('$flags', ({ flags, paths }) => {
    expect(grpcPaths(settingsOf(...flags))).toEqual(paths);
  });

  test('one of the two is needed', () => {
    expect(() => grpcPaths(settingsOf('--registration-auth=grpc'))).toThrow('config file should be set');
  });
});
