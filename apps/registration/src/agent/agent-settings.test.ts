import { parseFlags } from '@ocm/service';
import { describe, expect, test } from '@jest/globals';
import { agentFlags, type AgentSettings } from './agent-flags.ts';
import { bootstrapKubeconfigs, grpcPaths } from './agent-settings.ts';

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
