import { commonFlags, parseFlags } from '@ocm/service';
import { describe, expect, test } from '@jest/globals';
import { type ControllerConfig, controllerFlags } from './controller-flags.ts';

function parse(...argv: readonly string[]): ControllerConfig {
  const outcome = parseFlags(controllerFlags, argv, { name: 'registration controller', summary: '' });
  if (outcome.kind !== 'config') throw new Error('help was not asked for');
  return outcome.config;
}

describe('the flags of the hub controller', () => {
  test('are those of the reference, by name and default', () => {
    const { gates: _, ...own } = controllerFlags;
    const declared = Object.values(own).filter(
      ({ name }) => !Object.values(commonFlags).some((flag) => flag.name === name),
    );
    expect(new Map(declared.map((flag) => [flag.name, 'default' in flag ? flag.default : undefined]))).toEqual(
      new Map<string, unknown>([
        ['enabled-registration-drivers', ['csr']],
        ['cluster-auto-approval-users', []],
        ['auto-approved-csr-users', []],
        ['auto-approved-grpc-users', []],
        ['auto-approved-arn-patterns', []],
        ['hub-cluster-arn', undefined],
        ['aws-resource-tags', []],
        [
          'gc-resource-list',
          [
            'addon.open-cluster-management.io/v1beta1/managedclusteraddons',
            'work.open-cluster-management.io/v1/manifestworks',
          ],
        ],
        ['labels', {}],
        ['grpc-ca-file', undefined],
        ['grpc-key-file', undefined],
        ['grpc-signing-duration', '720h'],
        ['hub-apiserver-url', undefined],
        ['agent-image', undefined],
        ['bootstrap-serviceaccount', 'open-cluster-management/agent-registration-bootstrap'],
        ['import-renderers', ['render-from-config-secret']],
        ['image-pull-secret-name', 'open-cluster-management-image-pull-credentials'],
      ]),
    );
  });

  test('nothing needs to be given', () => {
    expect(parse()).toMatchObject({
      kubeconfig: undefined,
      namespace: undefined,
      listen: '0.0.0.0:8443',
      leaseDurationMs: 137_000,
      renewDeadlineMs: 107_000,
      retryPeriodMs: 26_000,
      disableLeaderElection: false,
      drivers: ['csr'],
      extraLabels: {},
      gcResources: [
        'addon.open-cluster-management.io/v1beta1/managedclusteraddons',
        'work.open-cluster-management.io/v1/manifestworks',
      ],
      grpcSigningMs: 2_592_000_000,
      bootstrapServiceAccount: 'open-cluster-management/agent-registration-bootstrap',
      importRenderers: ['render-from-config-secret'],
      imagePullSecretName: 'open-cluster-management-image-pull-credentials',
    });
  });

  test('the gates are those of the hub controller', () => {
    expect(parse().gates).toEqual({
      DefaultClusterSet: true,
      ManagedClusterAutoApproval: false,
      ResourceCleanup: true,
      ClusterProfile: false,
      ClusterImporter: false,
      V1beta1CSRAPICompatibility: false,
    });
    expect(parse('--feature-gates=ManagedClusterAutoApproval=true').gates.ManagedClusterAutoApproval).toBe(true);
  });

  test('a command line of the packaged deployment is understood', () => {
    const config = parse(
      '--feature-gates=DefaultClusterSet=true,ManagedClusterAutoApproval=true',
      '--cluster-auto-approval-users=a,b',
      '--enabled-registration-drivers=csr,grpc,something',
      '--auto-approved-csr-users=c',
      '--auto-approved-grpc-users=d',
      '--auto-approved-arn-patterns=^arn:aws:eks:.*$',
      '--hub-cluster-arn=arn:aws:eks:us-west-2:123456789012:cluster/hub',
      '--aws-resource-tags=a=b',
      '--labels=team=blue,stage=test',
      '--grpc-ca-file=/ca',
      '--grpc-key-file=/key',
      '--hub-apiserver-url=https://hub:6443',
      '--agent-image=agent:1',
    );
    expect(config).toMatchObject({
      extraLabels: { team: 'blue', stage: 'test' },
      drivers: ['csr', 'grpc', 'something'],
      clusterAutoApprovalUsers: ['a', 'b'],
      autoApprovedCsrUsers: ['c'],
    });
  });

  test.each(['team', '=blue', 'team=not valid', '-team=blue', 'a/b/c=d', `team=${'x'.repeat(64)}`])(
    'the label "%s" is refused, before every write would be',
    (label) => {
      expect(() => parse(`--labels=${label}`)).toThrow('--labels');
    },
  );

  test.each(['team=', 'example.com/Team_1=Blue.2', 'a=b,c=d'])('the labels "%s" are fine', (labels) => {
    expect(() => parse(`--labels=${labels}`)).not.toThrow();
  });

  test('an empty list of types means that nothing is deleted with a cluster', () => {
    expect(parse('--gc-resource-list=').gcResources).toEqual([]);
  });

  test.each(['--import-renderers=render-from-config-secret,magic', '--bootstrap-serviceaccount=only-a-name'])(
    '%s stops the process',
    (flag) => {
      expect(() => parse(flag)).toThrow(/must be/);
    },
  );

  test.each(['--import-renderers=render-auto', '--import-renderers=', '--bootstrap-serviceaccount=ns/name'])(
    '%s is fine',
    (flag) => {
      expect(() => parse(flag)).not.toThrow();
    },
  );
});
