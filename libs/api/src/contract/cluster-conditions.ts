import { defineCondition } from './define-condition.ts';

/** Outcomes of `ClusterCertificateRotated`, on a ManagedCluster and on a ManagedClusterAddOn. */
export const certificateRotated = defineCondition('ClusterCertificateRotated', {
  updated: { status: 'True', reason: 'ClientCertificateUpdated' },
  failed: { status: 'False', reason: 'ClientCertificateUpdateFailed' },
});

/** Conditions of a ManagedCluster (registration 2.2). */
export const clusterConditions = {
  hubAccepted: defineCondition('HubAcceptedManagedCluster', {
    accepted: { status: 'True', reason: 'HubClusterAdminAccepted', message: 'Accepted by hub cluster admin' },
    denied: { status: 'False', reason: 'HubClusterAdminDenied', message: 'Denied by hub cluster admin' },
    failed: { status: 'False', reason: 'Error' },
  }),
  /** Reserved; denial is `hubAccepted.denied`. */
  hubDenied: defineCondition('HubDeniedManagedCluster', {}),
  joined: defineCondition('ManagedClusterJoined', {
    joined: { status: 'True', reason: 'ManagedClusterJoined', message: 'Managed cluster joined' },
  }),
  available: defineCondition('ManagedClusterConditionAvailable', {
    available: { status: 'True', reason: 'ManagedClusterAvailable', message: 'Managed cluster is available' },
    apiServerUnavailable: { status: 'False', reason: 'ManagedClusterKubeAPIServerUnavailable' },
    leaseUpdateStopped: {
      status: 'Unknown',
      reason: 'ManagedClusterLeaseUpdateStopped',
      message: 'Registration agent stopped updating its lease.',
    },
  }),
  clockSynced: defineCondition('ManagedClusterConditionClockSynced', {
    synced: {
      status: 'True',
      reason: 'ManagedClusterClockSynced',
      message: 'The clock of the managed cluster is synced with the hub.',
    },
    outOfSync: { status: 'False', reason: 'ManagedClusterClockOutOfSync' },
  }),
  certificateRotated,
  deleting: defineCondition('Deleting', {
    resourceRemaining: { status: 'False', reason: 'ResourceRemaining' },
    error: { status: 'False', reason: 'DeletingError' },
    noResource: { status: 'True', reason: 'NoResource', message: 'No cleaned resource in cluster ns.' },
  }),
  /**
   * The first thing that keeps hub and agent apart, as far as the hub can know, and the next step. Beside the conditions of registration 2.2,
   * written only while a cluster is not available, and once more when it is again. The messages depend on the case.
   */
  connectionDiagnosed: defineCondition('ConnectionDiagnosed', {
    connected: { status: 'False', reason: 'Connected', message: 'The agent reports; there is nothing to diagnose.' },
    denied: { status: 'True', reason: 'ClusterDenied' },
    requestDenied: { status: 'True', reason: 'CertificateRequestDenied' },
    requestFailed: { status: 'True', reason: 'CertificateRequestFailed' },
    requestPending: { status: 'True', reason: 'CertificateRequestPending' },
    signerAbsent: { status: 'True', reason: 'SignerAbsent' },
    notAccepted: { status: 'True', reason: 'ClusterNotAccepted' },
    permissionsIncomplete: { status: 'True', reason: 'PermissionsIncomplete' },
    clockOutOfSync: { status: 'True', reason: 'ClockOutOfSync' },
    certificateExpired: { status: 'True', reason: 'CertificateExpired' },
    neverHeardOf: { status: 'True', reason: 'NeverHeardOf' },
    heartbeatStopped: { status: 'True', reason: 'HeartbeatStopped' },
    noReport: { status: 'True', reason: 'NoReport' },
  }),
  importSucceeded: defineCondition('ManagedClusterImportSucceeded', {
    succeeded: { status: 'True', reason: 'ImportSucceed' },
    kubeconfigGetFailed: { status: 'False', reason: 'KubeConfigGetFailed' },
    kubeconfigNotFound: { status: 'False', reason: 'KubeConfigNotFound' },
    rendererFailed: { status: 'False', reason: 'ConfigRendererFailed' },
    failed: { status: 'False', reason: 'ImportFailed' },
  }),
} as const;

/** Conditions of an entry of `status.managedNamespaces` of a ManagedCluster (registration 13). */
export const managedNamespaceConditions = {
  available: defineCondition('NamespaceAvailable', {
    applied: {
      status: 'True',
      reason: 'NamespaceApplied',
      message: 'Namespace successfully applied and managed',
    },
    failed: { status: 'False', reason: 'NamespaceApplyFailed' },
  }),
} as const;

/** Conditions of a ManagedClusterSet (registration 14). */
export const clusterSetConditions = {
  empty: defineCondition('ClusterSetEmpty', {
    noMember: { status: 'True', reason: 'NoClusterMatched', message: 'No ManagedCluster selected' },
    selected: { status: 'False', reason: 'ClustersSelected' },
  }),
} as const;

/** Conditions of a ManagedClusterSetBinding (registration 15). */
export const clusterSetBindingConditions = {
  bound: defineCondition('Bound', {
    bound: { status: 'True', reason: 'ClusterSetBound', message: '' },
    setNotFound: { status: 'False', reason: 'ClusterSetNotFound', message: '' },
  }),
} as const;

/** Conditions of a ClusterProfile: copies of those of its ManagedCluster (registration 20). */
export const clusterProfileConditions = {
  controlPlaneHealthy: defineCondition('ControlPlaneHealthy', {}),
  joined: defineCondition('Joined', {}),
} as const;

/** The condition that approves a certificate request automatically (registration 7). */
export const csrAutoApproved = {
  type: 'Approved',
  status: 'True',
  reason: 'AutoApprovedByHubCSRApprovingController',
  message: 'Auto approving Managed cluster agent certificate after SubjectAccessReview.',
} as const;
