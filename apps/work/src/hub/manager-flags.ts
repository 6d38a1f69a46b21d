import { commonFlags, featureGatesFlag, type FlagConfig, type FlagTable, gatesOf } from '@ocm/service';

const DRIVERS = ['kube', 'mqtt', 'grpc', 'pubsub'];

/** Flags of `work manager` (work 4.2, 4.4). */
export const managerFlags = {
  ...commonFlags,
  workDriver: {
    name: 'work-driver',
    type: 'string',
    default: 'kube',
    help: 'what the works of replica sets go over: kube, the API of the hub; grpc or mqtt, a broker, and then they are not in Kubernetes; pubsub needs a transport of your own',
    check: (name: string) =>
      DRIVERS.includes(name) ? undefined : `names an unsupported config type ${name} (known: ${DRIVERS.join(', ')})`,
  },
  workDriverConfig: {
    name: 'work-driver-config',
    type: 'string',
    help: 'path of the configuration file of the driver, required for grpc and mqtt; for kube, of the kubeconfig for works, by default that of --kubeconfig',
  },
  cloudEventsClientId: {
    name: 'cloudevents-client-id',
    type: 'string',
    help: 'name of this client, required for drivers other than kube',
  },
  gates: featureGatesFlag(gatesOf('work-controller')),
} as const satisfies FlagTable;

/** What the flags of the manager say, complete and checked one by one. */
export type ManagerSettings = FlagConfig<typeof managerFlags>;
