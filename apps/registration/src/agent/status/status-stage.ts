import type { ManagedCluster, ManagedClusterStatus } from '@ocm/api';

/** What a stage makes of the status, and whether the stages after it may run (registration 11.4). An error does not undo a status. */
export type StageResult =
  | { readonly kind: 'continue'; readonly status: ManagedClusterStatus; readonly error?: Error }
  | {
      readonly kind: 'stop';
      readonly status: ManagedClusterStatus;
      readonly error?: Error;
      /** Look again after this time instead of at the next event or resync. */
      readonly recheckMs?: number;
    };

/** A part of the reported status. `cluster` carries what the stages before it made. */
export type StatusStage = (cluster: ManagedCluster, signal: AbortSignal) => Promise<StageResult>;
