import { expect, test } from '@jest/globals';
import { parseFlags } from '@ocm/service';
import { webhookServerFlags } from './webhook-flags.ts';

const text = { name: 'registration webhook-server', summary: '', examples: [] };

test('the flags have the names and defaults of the reference', () => {
  expect(parseFlags(webhookServerFlags, [], text)).toMatchObject({
    config: {
      kubeconfig: undefined,
      port: 9443,
      metricsPort: 8080,
      healthProbePort: 8000,
      certificateDirectory: '/tmp/k8s-webhook-server/serving-certs',
      tlsMinVersion: 'VersionTLS12',
      tlsCipherSuites: [],
      gates: { DefaultClusterSet: true },
    },
  });
  const argv =
    '--port=1 --metrics-port=0 --health-probe-port=-1 --certdir=/c --tls-min-version=VersionTLS10 --kubeconfig=/k --feature-gates=DefaultClusterSet=false';
  expect(parseFlags(webhookServerFlags, argv.split(' '), text)).toMatchObject({
    config: {
      kubeconfig: '/k',
      port: 1,
      metricsPort: 0,
      healthProbePort: -1,
      certificateDirectory: '/c',
      tlsMinVersion: 'VersionTLS10',
      gates: { DefaultClusterSet: false },
    },
  });
});
