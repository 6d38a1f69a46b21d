import { agentSecrets } from '@ocm/api';
import { commonFlags, featureGatesFlag, type FlagConfig, type FlagTable, gatesOf } from '@ocm/service';

/** Flags of `registration agent` (registration 25). */
export const agentFlags = {
  ...commonFlags,
  clusterName: {
    name: 'spoke-cluster-name',
    deprecatedAlias: 'cluster-name',
    type: 'string',
    help: 'name of the managed cluster; without it the one that was used before, at first a random UUID',
  },
  agentId: {
    name: 'agent-id',
    type: 'string',
    help: 'name of this agent; without it the one that was used before, at first a random one',
  },
  spokeKubeconfig: {
    name: 'spoke-kubeconfig',
    type: 'string',
    help: 'path of the kubeconfig of the managed cluster; without it that of the cluster the agent runs on',
  },
  hubKubeconfigDir: {
    name: 'hub-kubeconfig-dir',
    type: 'string',
    default: '/spoke/hub-kubeconfig',
    help: 'directory into which the hub credential is written',
  },
  hubKubeconfig: {
    name: 'hub-kubeconfig',
    type: 'string',
    help: 'path of the kubeconfig of the hub; without it the file kubeconfig in hub-kubeconfig-dir',
  },
  hubKubeApiQps: { name: 'hub-kube-api-qps', type: 'number', default: 50, help: 'used by the work agent only' },
  hubKubeApiBurst: { name: 'hub-kube-api-burst', type: 'integer', default: 100, help: 'used by the work agent only' },
  bootstrapKubeconfig: {
    name: 'bootstrap-kubeconfig',
    type: 'string',
    help: 'path of the kubeconfig with which a cluster registers',
  },
  bootstrapSecret: {
    name: 'bootstrap-kubeconfig-secret',
    type: 'string',
    default: agentSecrets.bootstrapKubeconfig,
    help: 'secret behind the bootstrap kubeconfig; when its data change the agent registers anew',
  },
  bootstrapKubeconfigs: {
    name: 'bootstrap-kubeconfigs',
    type: 'array',
    default: [],
    help: 'path of the bootstrap kubeconfig of one of several hubs, by preference; at least two with the gate MultipleHubs',
  },
  hubConnectionTimeoutSeconds: {
    name: 'hub-connection-timeout-seconds',
    type: 'integer',
    default: 600,
    help: 'with the gate MultipleHubs: seconds without the hub after which another one is tried',
  },
  hubSecret: {
    name: 'hub-kubeconfig-secret',
    type: 'string',
    default: agentSecrets.hubKubeconfig,
    help: 'secret in which the hub credential is kept',
  },
  externalServerUrls: {
    name: 'spoke-external-server-urls',
    type: 'array',
    default: [],
    help: 'address under which the API server of the managed cluster can be reached from outside',
    check: complainAboutUrls,
  },
  healthCheckPeriodMs: {
    name: 'cluster-healthcheck-period',
    type: 'duration',
    default: '1m',
    help: 'time between two looks at the health of the managed cluster',
    check: (ms: number) => (ms > 0 ? undefined : 'must be greater than 0'),
  },
  maxCustomClaims: {
    name: 'max-custom-cluster-claims',
    type: 'integer',
    default: 20,
    help: 'how many claims beside the reserved ones are reported',
  },
  reservedClaimSuffixes: {
    name: 'reserved-cluster-claim-suffixes',
    type: 'list',
    default: [],
    help: 'endings of the names of further reserved claims',
  },
  clusterAnnotations: {
    name: 'cluster-annotations',
    type: 'map',
    default: {},
    help: 'annotations of the ManagedCluster when the agent creates it; only keys that start with agent.open-cluster-management.io',
  },
  registrationAuth: {
    name: 'registration-auth',
    type: 'string',
    default: '',
    help: 'how the cluster registers: awsirsa, grpc, or csr, which any other word means too',
  },
  certificateExpirationSeconds: {
    name: 'client-cert-expiration-seconds',
    type: 'integer',
    default: 0,
    help: 'lifetime that is asked for the client certificate, with csr at least 3600; 0 leaves it to the hub',
    check: (seconds: number) => (seconds >= 0 ? undefined : 'must not be negative'),
  },
  hubClusterArn: { name: 'hub-cluster-arn', type: 'string', help: 'ARN of the hub; awsirsa needs it' },
  managedClusterArn: {
    name: 'managed-cluster-arn',
    type: 'string',
    help: 'ARN of the managed cluster; awsirsa needs it',
  },
  managedClusterRoleSuffix: {
    name: 'managed-cluster-role-suffix',
    type: 'string',
    help: 'suffix of the IAM roles for awsirsa; follows from the two ARNs',
  },
  grpcBootstrapConfig: {
    name: 'grpc-bootstrap-config',
    type: 'string',
    help: 'path of the gRPC configuration with which a cluster registers (grpc)',
  },
  grpcConfig: {
    name: 'grpc-config',
    type: 'string',
    help: 'path of the gRPC configuration of the registered agent (grpc); without it config.yaml in hub-kubeconfig-dir',
  },
  addOnAuth: {
    name: 'addon-kubeclient-registration-auth',
    type: 'string',
    default: 'csr',
    help: 'how add-ons authenticate: csr or token',
    check: (word: string) => (['', 'csr', 'token'].includes(word) ? undefined : 'must be csr or token'),
  },
  addOnTokenExpirationSeconds: {
    name: 'addon-token-expiration-seconds',
    type: 'integer',
    default: 31_536_000,
    help: 'seconds for which the tokens of add-ons are asked for; the hub refuses less than 600',
  },
  gates: featureGatesFlag(gatesOf('registration-agent')),
} as const satisfies FlagTable;

/** What the flags of the agent say, complete and checked one by one. */
export type AgentSettings = FlagConfig<typeof agentFlags>;

function complainAboutUrls(urls: readonly string[]): string | undefined {
  const bad = urls.filter((url) => !isHttpsUrl(url));
  if (bad.length === 0) return undefined;
  return `must be https URLs: ${bad.map((url) => `"${url}" is invalid`).join(', ')}`;
}

function isHttpsUrl(text: string): boolean {
  return URL.parse(text)?.protocol === 'https:' && /^https:\/\/[^/]/i.test(text);
}
