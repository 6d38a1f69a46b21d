/** An add-on on a cluster. */
export interface AddOnOnCluster {
  readonly cluster: string;
  readonly addOn: string;
}

/** Group of the agents of an add-on on one cluster. */
export function addOnGroup({ cluster, addOn }: AddOnOnCluster): string {
  return `system:open-cluster-management:cluster:${cluster}:addon:${addOn}`;
}

/** Group of the agents of an add-on on all clusters. */
export function addOnWideGroup(addOn: string): string {
  return `system:open-cluster-management:addon:${addOn}`;
}

/** Default user of an add-on agent. */
export function addOnUser(target: AddOnOnCluster, agent: string): string {
  return `${addOnGroup(target)}:agent:${agent}`;
}

/** Name of the service account of an add-on in the cluster namespace (driver token). */
export function addOnServiceAccountName(addOn: string): string {
  return `${addOn}-agent`;
}

/** Prefix of the names of certificate requests of an add-on. */
export function addOnCsrPrefix({ cluster, addOn }: AddOnOnCluster): string {
  return `addon-${cluster}-${addOn}-`;
}

/** DNS name in the certificate requests of an add-on. */
export function addOnDnsName(addOn: string): string {
  return `${addOn}.addon.open-cluster-management.io`;
}

/** Secret with the hub kubeconfig of an add-on agent. */
export function addOnKubeconfigSecretName(addOn: string): string {
  return `${addOn}-hub-kubeconfig`;
}

/** Secret with a certificate of a custom signer. */
export function addOnCertificateSecretName(addOn: string, signerName: string): string {
  return `${addOn}-${signerName.replaceAll('/', '-')}-client-cert`;
}

/** Label key of a ManagedCluster for the health of an add-on there. */
export function addOnFeatureLabel(addOn: string): string {
  return `${ADD_ON_FEATURE_LABEL_PREFIX}${addOn}`;
}

/** The add-on that a label key speaks about, if it is a feature label. */
export function parseAddOnFeatureLabel(key: string): string | undefined {
  return key.startsWith(ADD_ON_FEATURE_LABEL_PREFIX) ? key.slice(ADD_ON_FEATURE_LABEL_PREFIX.length) : undefined;
}

const ADD_ON_FEATURE_LABEL_PREFIX = 'feature.open-cluster-management.io/addon-';

/** Name in `spec.defaultConfigs` of v1beta1 that stands for "supported, without a default". */
export const noDefaultConfigName = '__reserved_no_default__';
