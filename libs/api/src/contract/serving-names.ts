/** Secrets with serving certificates, in the hub namespace. */
export const servingCertificates = {
  registrationWebhook: 'registration-webhook-serving-cert',
  workWebhook: 'work-webhook-serving-cert',
  addOnWebhook: 'addon-webhook-serving-cert',
  grpcServer: 'grpc-server-serving-cert',
  placementDebug: 'placement-debug-serving-cert',
} as const;

/** Where the CA of the serving certificates is kept, in the hub namespace. */
export const servingCa = {
  signerSecret: 'signer-secret',
  bundleConfigMap: 'ca-bundle-configmap',
  bundleKey: 'ca-bundle.crt',
} as const;

/** Services in the hub namespace. */
export const services = {
  registrationWebhook: 'cluster-manager-registration-webhook',
  workWebhook: 'cluster-manager-work-webhook',
  addOnWebhook: 'cluster-manager-addon-webhook',
  placement: 'cluster-manager-placement',
} as const;

/** Path of the add-on webhook that converts between versions of the add-on kinds. */
export const conversionPath = '/convert';

/** Secret with the credential for pulling images, copied into add-on namespaces. */
export const imagePullSecret = 'open-cluster-management-image-pull-credentials';

/** Secret in a cluster namespace with chart values for the importer. */
export const clusterImportConfig = { name: 'cluster-import-config', key: 'values.yaml' } as const;

/** ConfigMap with the TLS settings of an installation. */
export const tlsProfile = {
  name: 'ocm-tls-profile',
  minVersionKey: 'minTLSVersion',
  cipherSuitesKey: 'cipherSuites',
} as const;
