import { describe, expect, test } from '@jest/globals';
import { commonFlags, parseFlags } from '@ocm/service';
import { agentFlags, type AgentSettings } from './agent-flags.ts';
import { bootstrapKubeconfigs } from './agent-settings.ts';

function settings(...argv: readonly string[]): AgentSettings {
  const outcome = parseFlags(agentFlags, argv, { name: 'registration agent', summary: '' });
  if (outcome.kind !== 'config') throw new Error('help');
  return outcome.config;
}

describe('flags of the agent', () => {
  test('are those of the reference, by name and default', () => {
    const { gates: _, ...own } = agentFlags;
    const declared = Object.values(own).filter(
      ({ name }) => !Object.values(commonFlags).some((flag) => flag.name === name),
    );
    expect(new Map(declared.map((flag) => [flag.name, 'default' in flag ? flag.default : undefined]))).toEqual(
      new Map<string, unknown>([
        ['spoke-cluster-name', undefined],
        ['agent-id', undefined],
        ['spoke-kubeconfig', undefined],
        ['hub-kubeconfig-dir', '/spoke/hub-kubeconfig'],
        ['hub-kubeconfig', undefined],
        ['hub-kube-api-qps', 50],
        ['hub-kube-api-burst', 100],
        ['bootstrap-kubeconfig', undefined],
        ['bootstrap-kubeconfig-secret', 'bootstrap-hub-kubeconfig'],
        ['bootstrap-kubeconfigs', []],
        ['hub-connection-timeout-seconds', 600],
        ['hub-kubeconfig-secret', 'hub-kubeconfig-secret'],
        ['spoke-external-server-urls', []],
        ['cluster-healthcheck-period', '1m'],
        ['max-custom-cluster-claims', 20],
        ['reserved-cluster-claim-suffixes', []],
        ['cluster-annotations', {}],
        ['registration-auth', ''],
        ['client-cert-expiration-seconds', 0],
        ['hub-cluster-arn', undefined],
        ['managed-cluster-arn', undefined],
        ['managed-cluster-role-suffix', undefined],
        ['grpc-bootstrap-config', undefined],
        ['grpc-config', undefined],
        ['addon-kubeclient-registration-auth', 'csr'],
        ['addon-token-expiration-seconds', 31_536_000],
      ]),
    );
  });

  test('the gates are those of the agent, and what is left out has its default', () => {
    expect(settings().gates).toEqual({
      ClusterClaim: true,
      ClusterProperty: false,
      AddonManagement: true,
      MultipleHubs: false,
      V1beta1CSRAPICompatibility: false,
    });
    expect(settings()).toMatchObject({ clusterName: undefined, healthCheckPeriodMs: 60_000 });
  });

  test('take what an operator passes', () => {
    expect(
      settings(
        '--spoke-cluster-name=c1',
        '--bootstrap-kubeconfig=/spoke/bootstrap/kubeconfig',
        '--spoke-external-server-urls=https://a:6443',
        '--spoke-external-server-urls=https://b',
        '--cluster-annotations=agent.open-cluster-management.io/a=1,b=2',
        '--client-cert-expiration-seconds=3600',
        '--feature-gates=ClusterProperty=true',
        '--cluster-healthcheck-period=30s',
        '--addon-kubeclient-registration-auth=',
      ),
    ).toMatchObject({
      clusterName: 'c1',
      externalServerUrls: ['https://a:6443', 'https://b'],
      clusterAnnotations: { 'agent.open-cluster-management.io/a': '1', b: '2' },
      certificateExpirationSeconds: 3600,
      healthCheckPeriodMs: 30_000,
      gates: { ClusterProperty: true },
    });
    expect(settings('--cluster-name=c2').clusterName).toBe('c2');
  });

  test.each([
    { flag: '--spoke-external-server-urls=http://a', problem: '"http://a" is invalid' },
    { flag: '--spoke-external-server-urls=127.0.0.1:8001', problem: '"127.0.0.1:8001" is invalid' },
    { flag: '--spoke-external-server-urls=https:a', problem: '"https:a" is invalid' },
    { flag: '--client-cert-expiration-seconds=-1', problem: 'must not be negative, got "-1"' },
    { flag: '--cluster-healthcheck-period=0s', problem: 'must be greater than 0' },
    { flag: '--addon-kubeclient-registration-auth=x', problem: 'must be csr or token, got "x"' },
    { flag: '--feature-gates=Nope=true', problem: 'unknown feature gate "Nope"' },
    { flag: '--feature-gates=ClusterClaim=maybe', problem: 'must be true or false' },
    { flag: '--nope', problem: 'unknown flag --nope' },
  ])('[registration 7] $flag is refused by name: $problem', ({ flag, problem }) => {
    const [name = ''] = flag.split('=');
    expect(() => settings(flag)).toThrow(problem);
    expect(() => settings(flag)).toThrow(name);
  });

  test('how long tokens of add-ons last is for the hub to refuse, at each request', () => {
    const given = settings('--addon-token-expiration-seconds=1');
    expect(given.addOnTokenExpirationSeconds).toBe(1);
  });

  test('any other word of --registration-auth means csr', () => {
    expect(() => settings('--registration-auth=whatever')).not.toThrow();
  });
});

describe('bootstrapKubeconfigs', () => {
  test('the path of the one that is in use', () => {
    const given = settings('--bootstrap-kubeconfig=/b', '--bootstrap-kubeconfigs=/x');
    expect(bootstrapKubeconfigs(given)).toEqual({ kind: 'one', path: '/b' });
  });

  test('without one there is nothing to start with', () => {
    expect(() => bootstrapKubeconfigs(settings())).toThrow('bootstrap-kubeconfig is required');
  });

  test('[registration 52] those of several hubs, in order', () => {
    const given = settings(
      '--feature-gates=MultipleHubs=true',
      '--bootstrap-kubeconfigs=/b',
      '--bootstrap-kubeconfigs=/a',
    );
    expect(bootstrapKubeconfigs(given)).toEqual({ kind: 'several', paths: ['/b', '/a'] });
  });

  test.each([[[]], [['--bootstrap-kubeconfigs=/a']]])('[registration 54] of several hubs, %j are too few', (paths) => {
    const given = settings('--feature-gates=MultipleHubs=true', '--bootstrap-kubeconfig=/b', ...paths);
    expect(() => bootstrapKubeconfigs(given)).toThrow('expect at least 2 bootstrap kubeconfigs');
  });
});
