import { commonFlags, type FlagConfig } from '@ocm/service';

const NO_LEADER = 'no effect: every replica serves';

/** Flags of `placement debug`: those of the controller, so that existing manifests fit (placement 17.1). */
export const debugFlags = {
  ...commonFlags,
  listen: { ...commonFlags.listen, help: 'address of the HTTPS server for debugging, health and metrics' },
  disableLeaderElection: { ...commonFlags.disableLeaderElection, help: NO_LEADER },
  leaseDurationMs: { ...commonFlags.leaseDurationMs, help: NO_LEADER },
  renewDeadlineMs: { ...commonFlags.renewDeadlineMs, help: NO_LEADER },
  retryPeriodMs: { ...commonFlags.retryPeriodMs, help: NO_LEADER },
} as const;

export type DebugConfig = FlagConfig<typeof debugFlags>;
