import type { ManagedCluster } from '@ocm/api';
import type { CallOptions, Controller } from '@ocm/kube';
import type { ApprovalPolicy } from '../csr/judge-csr.ts';
import type { HubContext, HubSettings } from '../hub-context.ts';
import { csrDriver } from './csr-driver.ts';

/** A way in which clusters get their identity, as the hub sees it (registration 10.1). A duty that a driver does not have is left out. */
export interface HubDriver {
  /** Word of `--enabled-registration-drivers`. */
  readonly name: string;
  /** Whether a cluster may be accepted automatically; without it, yes. */
  readonly accepts?: (cluster: ManagedCluster) => boolean;
  /** Gives the agent of an accepted cluster what it needs beside the permissions in Kubernetes. Idempotent. */
  readonly grant?: (cluster: ManagedCluster, options: CallOptions) => Promise<void>;
  /** Takes it away again, after a denial or a deletion. Idempotent. */
  readonly revoke?: (cluster: ManagedCluster, options: CallOptions) => Promise<void>;
  /** Which certificate requests are approved without a human. */
  readonly approval?: (settings: Pick<HubSettings, 'gates' | 'autoApprovedCsrUsers'>) => ApprovalPolicy;
  readonly controllers?: (context: HubContext) => readonly Controller[];
}

/** The drivers of `--enabled-registration-drivers`; words that name none are passed over (registration 10.1). */
export function enabledDrivers({
  drivers,
  awsirsa,
  grpc,
}: Pick<HubSettings, 'drivers' | 'awsirsa' | 'grpc'>): readonly HubDriver[] {
  const known = [csrDriver, awsirsa, grpc].filter((driver) => driver !== undefined);
  return known.filter(({ name }) => drivers.includes(name));
}
