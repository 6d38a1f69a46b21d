import { commonFlags, featureGatesFlag, type FlagConfig, type FlagTable, gatesOf } from '@ocm/service';

const DRIVERS = ['kube', 'mqtt', 'grpc'];

/** Flags of `work manager` (work 4.2, 4.4). */
export const managerFlags = {
  ...commonFlags,
  workDriver: {
    name: 'work-driver',
    type: 'string',
    default: 'kube',
    help: 'how works reach their clusters: kube; mqtt and grpc are not available yet',
    check: (name: string) => (DRIVERS.includes(name) ? undefined : `names an unsupported config type ${name}`),
  },
  workDriverConfig: {
    name: 'work-driver-config',
    type: 'string',
    help: 'path of the kubeconfig for works, or of the configuration of the driver; without it that of --kubeconfig',
  },
  cloudEventsClientId: {
    name: 'cloudevents-client-id',
    type: 'string',
    help: 'client of the message broker, for drivers other than kube',
  },
  gates: featureGatesFlag(gatesOf('work-controller')),
} as const satisfies FlagTable;

/** What the flags of the manager say, complete and checked one by one. */
export type ManagerSettings = FlagConfig<typeof managerFlags>;
