import type { Lease, ManagedCluster, NewObject } from '@ocm/api';
import type { AnyInformer, EventRecorder, Informer, Resource } from '@ocm/kube';
import type { CredentialDriver } from './credential/credential-driver.ts';
import type { Files } from './hub-files/hub-directory.ts';
import type { AgentNames } from './identity/complete-names.ts';

/** Whether a stored credential may be used, and if not, why. */
export type CredentialVerdict = { readonly kind: 'valid' } | { readonly kind: 'invalid'; readonly reason: string };

/** The hub as the bootstrap identity sees it. Whoever opens it closes it. */
export interface BootstrapHub extends AsyncDisposable {
  readonly clusters: Pick<Resource<ManagedCluster>, 'find' | 'create' | 'replace'>;
  readonly credential: CredentialDriver;
}

/** The hub as the registered agent sees it. Over gRPC the members are adapters of the same shape (registration 10.4). */
export interface JoinedHub extends AsyncDisposable {
  readonly clusters: Pick<Resource<ManagedCluster>, 'find' | 'patchStatus'>;
  /** Holds the agent's own cluster and nothing else. */
  readonly ownCluster: Informer<ManagedCluster> & AnyInformer;
  readonly leases: Pick<Resource<Lease>, 'get' | 'replace'>;
  readonly events: EventRecorder;
  readonly credential: CredentialDriver;
}

/**
 * How a cluster registers (registration 10.1): csr, awsirsa or grpc, chosen by --registration-auth. Whoever uses a driver does not
 * ask which one it is. Credentials of add-ons (csr, token) will be further CredentialDrivers that a JoinedHub hands out.
 */
export interface RegistrationDriver {
  /** The driver's part of the validity of a stored credential (registration 5.4, step 4). */
  judge(files: Files, names: AgentNames, now: Date): CredentialVerdict;
  /** User entry of the hub kubeconfig, in the form of the file (registration 6.1). */
  readonly kubeconfigUser: Readonly<Record<string, unknown>>;
  /** Keys of the secret beside the kubeconfig, the names and the credential; `config.yaml` of grpc. */
  readonly additionalData: Files;
  /** Adds what the driver's hub side looks for, such as the annotations of awsirsa. */
  decorate(cluster: NewObject<ManagedCluster>): NewObject<ManagedCluster>;
  connectBootstrap(names: AgentNames, signal: AbortSignal): Promise<BootstrapHub>;
  /** `kubeconfig` is the text in the hub directory, whose relative file names belong there. */
  connectJoined(kubeconfig: string, names: AgentNames, signal: AbortSignal): Promise<JoinedHub>;
}
