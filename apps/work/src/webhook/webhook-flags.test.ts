import { expect, test } from '@jest/globals';
import { parseFlags } from '@ocm/service';
import { webhookServerFlags } from './webhook-flags.ts';

const parse = (...argv: readonly string[]) =>
  parseFlags(webhookServerFlags, argv, { name: 'work webhook-server', summary: '', examples: [] });

test('the flags have the names and defaults of the reference (work 4.3)', () => {
  expect(parse()).toMatchObject({
    config: {
      port: 9443,
      metricsPort: 8080,
      healthProbePort: 8000,
      certificateDirectory: '/tmp/k8s-webhook-server/serving-certs',
      manifestLimitBytes: 512_000,
      tlsMinVersion: 'VersionTLS12',
      tlsCipherSuites: [],
      gates: { NilExecutorValidating: false, ManifestWorkReplicaSet: false },
    },
  });
  expect(
    parse('--manifestLimit=1', '--feature-gates=NilExecutorValidating=true,ManifestWorkReplicaSet=true'),
  ).toMatchObject({
    config: { manifestLimitBytes: 1, gates: { NilExecutorValidating: true, ManifestWorkReplicaSet: true } },
  });
});

test('a limit of nothing is refused', () => {
  expect(() => parse('--manifestLimit=0')).toThrow('--manifestLimit must be greater than 0');
});
