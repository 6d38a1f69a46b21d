import { certificateRotated } from './cluster-conditions.ts';
import { defineCondition } from './define-condition.ts';

/** Outcomes of the manifests of an add-on, on its own cluster or on the hosting one (addon 6). */
const MANIFEST_OUTCOMES = {
  nothingToApply: { status: 'True', reason: 'AddonManifestApplied', message: 'no manifest need to apply' },
  applied: { status: 'True', reason: 'AddonManifestApplied', message: 'manifests of addon are applied successfully' },
  notApplied: {
    status: 'False',
    reason: 'AddonManifestAppliedFailed',
    message: 'failed to apply the manifests of addon',
  },
  workFailed: { status: 'False', reason: 'ManifestWorkApplyFailed' },
} as const;

/** Conditions of a ManagedClusterAddOn (registration 18, 19; addon 5 to 10). */
export const addOnConditions = {
  available: defineCondition('Available', {
    leaseUpdated: { status: 'True', reason: 'ManagedClusterAddOnLeaseUpdated' },
    leaseUpdateStopped: { status: 'False', reason: 'ManagedClusterAddOnLeaseUpdateStopped' },
    leaseNotFound: { status: 'Unknown', reason: 'ManagedClusterAddOnLeaseNotFound' },
    workNotFound: { status: 'Unknown', reason: 'WorkNotFound', message: 'Addon manifestWork is not found' },
    workNotApplied: { status: 'Unknown', reason: 'WorkNotApplied', message: 'Addon manifestWork is not applied yet' },
    workNotAvailable: { status: 'False', reason: 'WorkNotApplied' },
    workApplyFailed: { status: 'False', reason: 'WorkApplyFailed' },
    workApplied: { status: 'True', reason: 'WorkApplied' },
    noProbeResult: { status: 'Unknown', reason: 'NoProbeResult', message: 'Probe results are not returned' },
    probeUnavailable: { status: 'False', reason: 'ProbeUnavailable' },
    probeAvailable: { status: 'True', reason: 'ProbeAvailable' },
  }),
  /** Only add-ons themselves write it. */
  degraded: defineCondition('Degraded', {}),
  configured: defineCondition('Configured', {
    configured: { status: 'True', reason: 'ConfigurationsConfigured', message: 'Configurations configured' },
    notConfigured: { status: 'False', reason: 'ConfigurationsNotConfigured' },
  }),
  progressing: defineCondition('Progressing', {
    unsupported: { status: 'False', reason: 'ConfigurationUnsupported' },
    waitingForManifest: {
      status: 'False',
      reason: 'WaitingForManifestApplied',
      message: 'Waiting for ManagedClusterAddOn ManifestApplied condition',
    },
    waitingForHostingManifest: {
      status: 'False',
      reason: 'WaitingForHostingManifestApplied',
      message: 'Waiting for ManagedClusterAddOn HostingManifestApplied condition',
    },
    waitingForCanary: { status: 'False', reason: 'WaitingForCanary' },
    failed: { status: 'False', reason: 'Failed' },
    noWorks: { status: 'True', reason: 'Progressing', message: 'progressing... no addon works' },
    configMismatch: {
      status: 'True',
      reason: 'Progressing',
      message: 'progressing... mca and work configs mismatch',
    },
    workNotReady: { status: 'True', reason: 'Progressing', message: 'progressing... work is not ready' },
    completed: { status: 'False', reason: 'Completed', message: 'completed with no errors.' },
  }),
  manifestApplied: defineCondition('ManifestApplied', MANIFEST_OUTCOMES),
  hostingManifestApplied: defineCondition('HostingManifestApplied', MANIFEST_OUTCOMES),
  hookManifestCompleted: defineCondition('HookManifestCompleted', {
    completed: { status: 'True', reason: 'HookManifestIsCompleted' },
    notCompleted: { status: 'False', reason: 'HookManifestIsNotCompleted' },
  }),
  hostingClusterValidity: defineCondition('HostingClusterValidity', {
    valid: { status: 'True', reason: 'HostingClusterValid' },
    invalid: { status: 'False', reason: 'HostingClusterInvalid' },
  }),
  registrationApplied: defineCondition('RegistrationApplied', {
    nothingToRegister: {
      status: 'True',
      reason: 'NilRegistration',
      message: 'Registration of the addon agent is configured',
    },
    applied: {
      status: 'True',
      reason: 'SetPermissionApplied',
      message: 'Registration of the addon agent is configured',
    },
    permissionFailed: { status: 'False', reason: 'SetPermissionFailed' },
    subjectPending: {
      status: 'False',
      reason: 'PermissionConfigPending',
      message: 'registration subject not ready',
    },
  }),
  certificateRotated,
  tokenInfrastructureReady: defineCondition('TokenInfrastructureReady', {
    /** Its message is `tokenInfrastructureMessage`. */
    ready: { status: 'True', reason: 'TokenInfrastructureReady' },
    failed: { status: 'False', reason: 'TokenInfrastructureApplyFailed' },
  }),
  tokenRefreshed: defineCondition('TokenRefreshed', {
    refreshed: { status: 'True', reason: 'AddonTokenRefreshed' },
    failed: { status: 'False', reason: 'TokenCreationFailed' },
  }),
} as const;

/** Message of `TokenInfrastructureReady`; agents read the UID out of it, so its wording is fixed. */
export function tokenInfrastructureMessage(account: {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}): string {
  return `ServiceAccount ${account.namespace}/${account.name} (UID: ${account.uid}) is ready`;
}

/** The UID of the service account in the message of `TokenInfrastructureReady`; `undefined` when the message holds none. */
export function parseTokenInfrastructureUid(message: string): string | undefined {
  const uid = /UID: ([^)]*)\)/.exec(message)?.[1];
  return uid === '' ? undefined : uid;
}
