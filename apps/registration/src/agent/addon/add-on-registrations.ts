import {
  addOnCertificateSecretName,
  addOnGroup,
  addOnKubeconfigSecretName,
  type AddOnOnCluster,
  addOnServiceAccountName,
  addOnUser,
  type CustomSignerRegistration,
  type KubeClientRegistration,
  type ManagedClusterAddOn,
  type ManagedClusterAddOnStatus,
  serviceAccountUser,
  semanticEqual,
} from '@ocm/api';
import type { Subject } from '@ocm/pki';
import { installLocation } from './install-location.ts';

/** How the agents of add-ons authenticate to the hub's API server. */
export type KubeClientAuth = 'csr' | 'token';

/** A credential that an add-on needs, complete (registration 18.2, 18.3). */
export type AddOnCredential = CredentialPlace &
  (
    | { readonly kind: 'kube-certificate'; readonly subject: Subject }
    | { readonly kind: 'kube-token' }
    | { readonly kind: 'certificate'; readonly signerName: string; readonly subject: Subject }
  );

interface CredentialPlace {
  readonly addOn: string;
  /** Namespace and name of the secret. */
  readonly secret: { readonly namespace: string; readonly name: string };
  /** The secret is on the management cluster, since the add-on's agent does not run on the managed one. */
  readonly outside: boolean;
}

/**
 * The status of the add-on with the driver of its first kubeClient registration declared, and, for tokens, with the subject that
 * follows from it; `undefined` when nothing has to change.
 */
export function declareDriver(
  addOn: ManagedClusterAddOn,
  auth: KubeClientAuth,
  cluster: string,
): ManagedClusterAddOnStatus | undefined {
  const { registrations = [] } = addOn.status ?? {};
  const index = registrations.findIndex(({ type }) => type === 'kubeClient');
  const entry = registrations[index];
  if (entry === undefined) return undefined;
  const kubeClient = declared(entry.kubeClient ?? {}, { auth, cluster, addOn: addOn.metadata.name });
  if (semanticEqual(entry.kubeClient, kubeClient)) return undefined;
  return { ...addOn.status, registrations: registrations.with(index, { ...entry, kubeClient }) };
}

function declared(
  { subject, ...kubeClient }: KubeClientRegistration,
  { auth, cluster, addOn }: { readonly auth: KubeClientAuth; readonly cluster: string; readonly addOn: string },
): KubeClientRegistration {
  const account = { user: tokenUser(cluster, addOn) };
  if (auth === 'token') return { ...kubeClient, driver: auth, subject: account };
  // What the token driver left behind is not a subject that somebody asked for.
  const own = subject?.user === account.user ? undefined : subject;
  return { ...kubeClient, driver: auth, ...(own === undefined ? {} : { subject: own }) };
}

/** The credentials that an add-on needs. A registration that says too little, or is of an unknown type, needs none. */
export function credentialsOf(
  addOn: ManagedClusterAddOn,
  auth: KubeClientAuth,
  cluster: string,
): readonly AddOnCredential[] {
  const { namespace, hostingCluster } = installLocation(addOn);
  const { name } = addOn.metadata;
  const place = (secret: string): CredentialPlace => ({
    addOn: name,
    secret: { namespace, name: secret },
    outside: hostingCluster !== undefined,
  });
  const credentials = (addOn.status?.registrations ?? []).flatMap(({ type, kubeClient, customSigner }) => {
    if (type === 'kubeClient' && kubeClient !== undefined) {
      return kubeCredential(place(addOnKubeconfigSecretName(name)), { kubeClient, auth, cluster });
    }
    if (type !== 'customSigner' || !customSigner?.signerName) return [];
    return signerCredential(place(addOnCertificateSecretName(name, customSigner.signerName)), customSigner, cluster);
  });
  // Two for one secret would overwrite each other for ever.
  const taken = credentials.map(({ secret }) => secret.name);
  return credentials.filter(({ secret }, index) => taken.indexOf(secret.name) === index);
}

function kubeCredential(
  place: CredentialPlace,
  {
    kubeClient: { subject },
    auth,
    cluster,
  }: { readonly kubeClient: KubeClientRegistration; readonly auth: KubeClientAuth; readonly cluster: string },
): AddOnCredential {
  if (auth === 'token') return { kind: 'kube-token', ...place };
  const target = { cluster, addOn: place.addOn };
  const groups = subject?.groups ?? [];
  return {
    kind: 'kube-certificate',
    ...place,
    subject: {
      commonName: subject?.user || defaultUser(target),
      organizations: groups.length > 0 ? groups : [addOnGroup(target)],
      organizationalUnits: [],
    },
  };
}

function signerCredential(
  place: CredentialPlace,
  { signerName, subject }: CustomSignerRegistration,
  cluster: string,
): AddOnCredential {
  return {
    kind: 'certificate',
    ...place,
    signerName,
    subject: {
      commonName: subject?.user || defaultUser({ cluster, addOn: place.addOn }),
      organizations: subject?.groups ?? [],
      organizationalUnits: subject?.organizationUnits ?? [],
    },
  };
}

/** Tells one credential from another: any difference means another secret or another content. */
export function credentialId(credential: AddOnCredential): string {
  return JSON.stringify(credential);
}

/** The user whom tokens of an add-on stand for. */
function tokenUser(cluster: string, addOn: string): string {
  return serviceAccountUser({ namespace: cluster, name: addOnServiceAccountName(addOn) });
}

/** It ends with the name of the add-on, not with that of the registration agent. */
const defaultUser = (target: AddOnOnCluster): string => addOnUser(target, target.addOn);
