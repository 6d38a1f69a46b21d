import { commonFlags, featureGatesFlag, type FlagConfig, type FlagTable, gatesOf } from '@ocm/service';

const DRIVERS = ['kube', 'mqtt', 'grpc', 'pubsub'];

const isPositive = (value: number): string | undefined => (value > 0 ? undefined : 'must be greater than 0');

/** Flags of `work agent` (work 4.1, 4.4). */
export const agentFlags = {
  ...commonFlags,
  clusterName: {
    name: 'spoke-cluster-name',
    deprecatedAlias: 'cluster-name',
    type: 'string',
    help: 'name of the managed cluster: the namespace on the hub whose works are applied',
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
    help: 'used by the registration agent only',
  },
  hubKubeconfig: { name: 'hub-kubeconfig', type: 'string', help: 'used by the registration agent only' },
  agentId: {
    name: 'agent-id',
    type: 'string',
    help: 'name of this agent, by which it knows what it applied; without it the hash of the hub address',
  },
  hubKubeApiQps: {
    name: 'hub-kube-api-qps',
    type: 'number',
    default: 50,
    help: 'cap on requests per second to the hub; the default means as fast as the hub allows',
    check: isPositive,
  },
  hubKubeApiBurst: {
    name: 'hub-kube-api-burst',
    type: 'integer',
    default: 100,
    help: 'burst for hub-kube-api-qps',
    check: isPositive,
  },
  sourceDriver: {
    name: 'workload-source-driver',
    type: 'string',
    default: 'kube',
    help: 'what works come over: kube, the API of the hub; grpc, its gRPC server; mqtt, a message broker; pubsub needs a transport of your own',
    check: (name: string) =>
      DRIVERS.includes(name) ? undefined : `names an unsupported config type ${name} (known: ${DRIVERS.join(', ')})`,
  },
  sourceConfig: {
    name: 'workload-source-config',
    type: 'string',
    default: '/spoke/hub-kubeconfig/kubeconfig',
    help: 'path of the kubeconfig of the hub, or of the configuration file of the driver',
  },
  cloudEventsClientId: {
    name: 'cloudevents-client-id',
    type: 'string',
    help: 'name of this client, required for drivers other than kube',
  },
  cloudEventsClientCodecs: {
    name: 'cloudevents-client-codecs',
    type: 'list',
    default: [],
    help: 'no effect: manifest bundles are always used',
  },
  statusSyncMs: {
    name: 'status-sync-interval',
    type: 'duration',
    default: '10s',
    help: 'how often objects that cannot be watched are looked at, times 1.0 to 1.9',
    check: isPositive,
  },
  maxJsonRawLength: {
    name: 'max-json-raw-length',
    type: 'integer',
    default: 1024,
    help: 'longest feedback value that is raw JSON, in bytes; works cannot hold more than 1024',
    check: isPositive,
  },
  maxFeedbackWatch: {
    name: 'max-feedback-watch',
    type: 'integer',
    default: 50,
    help: 'how many watches on applied objects there may be, at most 24; what they do not cover is polled',
    check: (count: number) => (count >= 0 ? undefined : 'must be >= 0'),
  },
  evictionGraceMs: {
    name: 'appliedmanifestwork-eviction-grace-period',
    type: 'duration',
    default: '60m',
    help: 'how long objects stay whose work is on no hub any more; 876000h (100 years) and more: forever',
  },
  workers: {
    name: 'workload-agent-workers',
    type: 'integer',
    default: 10,
    help: 'how many works are handled at once',
    check: (count: number) => (count >= 1 ? undefined : 'must be >= 1'),
  },
  gates: featureGatesFlag(gatesOf('work-agent')),
} as const satisfies FlagTable;

/** What the flags of the agent say, complete and checked one by one. */
export type AgentSettings = FlagConfig<typeof agentFlags>;
