import { expect, test } from '@jest/globals';
import { ConfigError } from '../config-error.ts';
import { commonFlags, loggingFlags, webhookFlags } from './common-flags.ts';
import type { FlagTable } from './flag.ts';
import { parseFlags } from './parse-flags.ts';

function read(table: FlagTable, ...argv: string[]): object {
  const outcome = parseFlags(table, argv, { name: 'p', summary: '' });
  if (outcome.kind !== 'config') throw new Error('help');
  return outcome.config;
}

test('a controller serves on 8443, elects with 137 s, 107 s and 26 s, and asks without a given rate at 50 and 100', () => {
  expect(read(commonFlags)).toEqual({
    kubeconfig: undefined,
    namespace: undefined,
    listen: '0.0.0.0:8443',
    servingConfigFile: undefined,
    tlsMinVersion: undefined,
    tlsCipherSuites: [],
    terminateOnFiles: [],
    kubeApiQps: 50,
    kubeApiBurst: 100,
    disableLeaderElection: false,
    leaseDurationMs: 137_000,
    renewDeadlineMs: 107_000,
    retryPeriodMs: 26_000,
  });
});

test('a webhook server has the three ports and the directory of the reference', () => {
  expect(read(webhookFlags)).toMatchObject({
    port: 9443,
    metricsPort: 8080,
    healthProbePort: 8000,
    certificateDirectory: '/tmp/k8s-webhook-server/serving-certs',
    tlsMinVersion: 'VersionTLS12',
  });
  expect(
    read(webhookFlags, '--metrics-port=0', '--health-probe-port=-1', '--tls-min-version=VersionTLS10'),
  ).toMatchObject({
    metricsPort: 0,
    healthProbePort: -1,
    tlsMinVersion: 'VersionTLS10',
  });
});

test('what manifests of the reference pass is understood', () => {
  const argv = [
    '--kubeconfig=/spoke/kubeconfig',
    '--namespace=open-cluster-management',
    '--terminate-on-files=/a',
    '--terminate-on-files=/b,c',
    '--tls-min-version=VersionTLS12',
    '--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_AES_128_GCM_SHA256',
    '--disable-leader-election',
    '--leader-election-lease-duration=137s',
    '--v=2',
    '--logtostderr',
    '--vmodule=a=1',
    '--log-flush-frequency=5s',
    '--stderrthreshold=2',
  ];
  expect(read({ ...commonFlags, ...loggingFlags }, ...argv)).toMatchObject({
    kubeconfig: '/spoke/kubeconfig',
    terminateOnFiles: ['/a', '/b,c'],
    tlsMinVersion: 'VersionTLS12',
    tlsCipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256'],
    disableLeaderElection: true,
    verbosity: 2,
  });
});

test.each([
  ['--listen=8443', '--listen must be host:port'],
  ['--tls-min-version=VersionTLS11', '--tls-min-version must be one of'],
  ['--tls-cipher-suites=AES128-SHA', '--tls-cipher-suites must hold IANA names'],
  ['--tls-cipher-suites=TLS_RSA_WITH_RC4_128_SHA', '--tls-cipher-suites must hold at least one suite'],
  ['--kube-api-qps=0', '--kube-api-qps must be greater than 0'],
  ['--leader-election-retry-period=-1s', '--leader-election-retry-period must be greater than 0'],
])('%s stops the process: %s', (argument, want) => {
  const run = (): object => read(commonFlags, argument);
  expect(run).toThrow(ConfigError);
  expect(run).toThrow(want);
});
