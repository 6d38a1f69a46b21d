import type { HealthCheck } from '@ocm/service';
import type { HubWorks } from './hub-works.ts';

/** A way to the works of all clusters (work 4.2). */
export interface HubDriver extends AsyncDisposable {
  readonly health: readonly HealthCheck[];
  /** Runs the job, which gets works that are served until the job has ended. */
  serve(job: (works: HubWorks) => Promise<void>): Promise<void>;
}
