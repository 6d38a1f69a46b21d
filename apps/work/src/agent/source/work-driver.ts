import type { HealthCheck } from '@ocm/service';
import type { WorkSource } from './work-source.ts';

/** A way to the hub for the works of one cluster (work 16). */
export interface WorkDriver extends AsyncDisposable {
  /** As configured; its hash tells hubs apart (work 5.2). */
  readonly address: string;
  readonly health: readonly HealthCheck[];
  /** Runs the job, which gets a source that serves until the job has ended. */
  serve(job: (source: WorkSource) => Promise<void>): Promise<void>;
}
