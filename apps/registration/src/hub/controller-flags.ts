import { bootstrapServiceAccount, imagePullSecret, namespaces } from '@ocm/api';
import { isRendererName, rendererNames } from './import/renderer-names.ts';
import { commonFlags, featureGatesFlag, type FlagConfig, type FlagTable, gatesOf } from '@ocm/service';

/** Flags of `registration controller` (registration 25). */
export const controllerFlags = {
  ...commonFlags,
  gates: featureGatesFlag(gatesOf('registration-controller')),
  extraLabels: {
    name: 'labels',
    type: 'map',
    default: {},
    help: 'labels for the namespaces and permission objects of clusters, as k=v,k=v',
    check: complainAboutLabels,
  },
  drivers: {
    name: 'enabled-registration-drivers',
    type: 'list',
    default: ['csr'],
    help: 'ways in which clusters may register: csr, awsirsa, grpc; unknown words do nothing',
  },
  autoApprovedCsrUsers: {
    name: 'auto-approved-csr-users',
    type: 'list',
    default: [],
    help: 'users whose first certificate request is approved (gate ManagedClusterAutoApproval)',
  },
  clusterAutoApprovalUsers: {
    name: 'cluster-auto-approval-users',
    type: 'list',
    default: [],
    help: 'counts when --auto-approved-csr-users is empty',
    deprecated: 'use --auto-approved-csr-users',
  },
  autoApprovedGrpcUsers: {
    name: 'auto-approved-grpc-users',
    type: 'list',
    default: [],
    help: 'users whose first certificate request over gRPC is approved (driver grpc, gate ManagedClusterAutoApproval)',
  },
  autoApprovedArnPatterns: {
    name: 'auto-approved-arn-patterns',
    type: 'list',
    default: [],
    help: 'regular expressions for the whole ARN of EKS clusters to accept (driver awsirsa, gate ManagedClusterAutoApproval)',
  },
  hubClusterArn: { name: 'hub-cluster-arn', type: 'string', help: 'ARN of this hub; the driver awsirsa needs it' },
  awsResourceTags: {
    name: 'aws-resource-tags',
    type: 'list',
    default: [],
    help: 'tags of what the driver awsirsa creates in AWS, as key=value',
  },
  gcResources: {
    name: 'gc-resource-list',
    type: 'list',
    default: [
      'addon.open-cluster-management.io/v1beta1/managedclusteraddons',
      'work.open-cluster-management.io/v1/manifestworks',
    ],
    help: `what is deleted with a cluster, as group/version/resource in this order (gate ResourceCleanup)`,
  },
  grpcCaFile: {
    name: 'grpc-ca-file',
    type: 'string',
    help: 'path of the certificate of the CA that signs for clients of the gRPC server; the driver grpc needs it. Read at the start',
  },
  grpcKeyFile: {
    name: 'grpc-key-file',
    type: 'string',
    help: 'path of the key of that CA; the driver grpc needs it. Read at the start',
  },
  grpcSigningMs: {
    name: 'grpc-signing-duration',
    type: 'duration',
    default: '720h',
    help: 'lifetime of the certificates that it signs; no longer than the CA lives',
    check: (ms: number) => (ms > 0 ? undefined : 'must be greater than 0'),
  },
  hubApiServerUrl: {
    name: 'hub-apiserver-url',
    type: 'string',
    help: 'address of this hub for imported clusters; without it, what ConfigMap kube-public/cluster-info says',
  },
  agentImage: { name: 'agent-image', type: 'string', help: 'image of the operator on imported clusters' },
  bootstrapServiceAccount: {
    name: 'bootstrap-serviceaccount',
    type: 'string',
    default: `${namespaces.operator}/${bootstrapServiceAccount}`,
    help: 'service account with which imported clusters ask to join, as namespace/name',
    check: (text) => (/^[^/]+\/[^/]+$/.test(text) ? undefined : 'must be namespace/name'),
  },
  importRenderers: {
    name: 'import-renderers',
    type: 'list',
    default: ['render-from-config-secret'],
    help: 'sources of chart values for imported clusters, each over those before it: render-from-config-secret, render-auto',
    check: complainAboutRenderers,
  },
  imagePullSecretName: {
    name: 'image-pull-secret-name',
    type: 'string',
    default: imagePullSecret,
    help: 'pull secret for imported clusters, in the namespace of this process',
  },
} as const satisfies FlagTable;

export type ControllerConfig = FlagConfig<typeof controllerFlags>;

/** A word that names no source must stop the process, not every import. */
function complainAboutRenderers(words: readonly string[]): string | undefined {
  const unknown = words.find((word) => !isRendererName(word));
  return unknown === undefined ? undefined : `must be of ${rendererNames.join(', ')}; "${unknown}" is not`;
}

const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** A label that the API would refuse must stop the process, not every write. */
function complainAboutLabels(labels: Readonly<Record<string, string>>): string | undefined {
  const bad = Object.entries(labels).find(([key, value]) => !LABEL_KEY.test(key) || !LABEL_VALUE.test(value));
  return bad === undefined ? undefined : `must be valid labels; "${bad[0]}=${bad[1]}" is not`;
}
