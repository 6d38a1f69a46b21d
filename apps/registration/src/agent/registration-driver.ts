import type { Lease, ManagedCluster, ManagedClusterAddOn, NewObject } from '@ocm/api';
import type { AnyInformer, EventRecorder, Informer, Resource } from '@ocm/kube';
import type { CredentialDriver } from './credential/credential-driver.ts';
import type { CsrTemplate } from './csr/csr-credential.ts';
import type { Files } from './hub-files/hub-directory.ts';
import type { AgentNames } from './identity/complete-names.ts';

/** Whether a stored credential may be used, and if not, why. */
export type CredentialVerdict = { readonly kind: 'valid' } | { readonly kind: 'invalid'; readonly reason: string };

/** The hub as the bootstrap identity sees it. Whoever opens it closes it. */
export interface BootstrapHub extends AsyncDisposable {
  readonly clusters: Pick<Resource<ManagedCluster>, 'find' | 'create' | 'replace'>;
  readonly credential: CredentialDriver;
  readonly probe: HubProbe;
}

/** The hub as the registered agent sees it. Over gRPC the members are adapters of the same shape (registration 10.4). */
export interface JoinedHub extends AsyncDisposable {
  readonly clusters: Pick<Resource<ManagedCluster>, 'find' | 'patchStatus'>;
  /** Holds the agent's own cluster and nothing else. */
  readonly ownCluster: Informer<ManagedCluster> & AnyInformer;
  readonly leases: Pick<Resource<Lease>, 'get' | 'replace'>;
  readonly events: EventRecorder;
  readonly credential: CredentialDriver;
  readonly addOns: AddOnHub;
  readonly probe: HubProbe;
  /** Takes new credential files into use now instead of at the next look at them. */
  reloadCredential(): Promise<void>;
}

/** What the hub offers for the add-ons of the agent's own cluster. */
export interface AddOnHub {
  readonly live: Pick<Resource<ManagedClusterAddOn>, 'find' | 'patchStatus'>;
  /** Holds the add-ons of the agent's own cluster. */
  readonly cache: Informer<ManagedClusterAddOn> & AnyInformer;
  /** A credential whose certificate is signed on request. */
  certificate(template: CsrTemplate): CredentialDriver;
  /** A new token of a service account (registration 10.5). */
  requestToken(request: ServiceAccountTokenRequest, signal: AbortSignal): Promise<string>;
}

export interface ServiceAccountTokenRequest {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly expirationSeconds: number;
}

/** Asks the hub for next to nothing, to see whether and how it answers; throws what the way to it throws. */
export type HubProbe = (signal: AbortSignal) => Promise<HubAnswer>;

export interface HubAnswer {
  /** HTTP status. */
  readonly status: number;
  /** The hub's clock when it answered, as far as it tells. */
  readonly hubTime: Date | undefined;
}

/** The hub's API server, or its gRPC server. */
export type HubChannel = 'api' | 'grpc';

/**
 * How a cluster registers (registration 10.1): csr, awsirsa or grpc, chosen by --registration-auth. Whoever uses a driver does not
 * ask which one it is. What the drivers share for a hub whose API server they reach is in `kube-hub.ts`.
 */
export interface RegistrationDriver {
  /** The driver's part of the validity of a stored credential (registration 5.4, step 4). */
  judge(files: Files, names: AgentNames, now: Date): CredentialVerdict;
  /** User entry of the hub kubeconfig, in the form of the file (registration 6.1). */
  readonly kubeconfigUser: Readonly<Record<string, unknown>>;
  /** Over what the agent reaches its hub, which decides what helps when it does not. */
  readonly channel: HubChannel;
  /** Keys of the secret beside the kubeconfig, the names and the credential; `config.yaml` of grpc. */
  readonly additionalData: Files;
  /** Adds what the driver's hub side looks for, such as the annotations of awsirsa. */
  decorate(cluster: NewObject<ManagedCluster>): NewObject<ManagedCluster>;
  connectBootstrap(names: AgentNames, signal: AbortSignal): Promise<BootstrapHub>;
  /** `kubeconfig` is the text of the hub kubeconfig, whose relative file names are meant from the directory of that file. */
  connectJoined(kubeconfig: string, names: AgentNames, signal: AbortSignal): Promise<JoinedHub>;
}
