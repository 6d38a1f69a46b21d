/** A named condition of the process, asked at every probe: it must be quick and must not change anything. */
export interface HealthCheck {
  /** As in the answer to a probe: `hub-kube-config`. */
  readonly name: string;
  /** What is wrong, in words that anybody on the network may read; `undefined` when all is well. A throw is unhealthy, its text goes to the log only. */
  readonly check: (signal: AbortSignal) => string | undefined | Promise<string | undefined>;
  /** Asked for `/readyz` only: others may wait, but a restart would not help. */
  readonly readinessOnly?: boolean;
  /** What the verbose answer adds though a restart would not help, in words that anybody may read; it never makes a process unhealthy. */
  readonly note?: () => string | undefined;
}

/** What a check came to. `reason` and `note` are public. */
export interface HealthResult {
  readonly name: string;
  readonly reason: string | undefined;
  readonly note?: string | undefined;
}

/** The endpoints of health (registration 24). All run the same checks, except those of readiness. */
export const healthPaths = ['/healthz', '/livez', '/readyz'] as const;

/** Runs all checks at once. `onThrow` hears of checks that failed to answer. */
export function runHealthChecks(
  checks: readonly HealthCheck[],
  { onThrow, signal }: { readonly onThrow: (name: string, error: unknown) => void; readonly signal: AbortSignal },
): Promise<readonly HealthResult[]> {
  return Promise.all(
    checks.map(async ({ name, check, note }) => {
      try {
        return { name, reason: await check(signal), note: note?.() };
      } catch (error) {
        onThrow(name, error);
        return { name, reason: 'reason withheld' };
      }
    }),
  );
}

/**
 * The answer in the form of Kubernetes: `ok`, or one line per check when something is wrong or `verbose` was asked for.
 *
 * @param path one of {@link healthPaths}
 */
export function healthReport(
  path: string,
  results: readonly HealthResult[],
  { verbose }: { readonly verbose: boolean },
): { readonly status: 200 | 500; readonly body: string } {
  const healthy = results.every(({ reason }) => reason === undefined);
  if (healthy && !verbose) return { status: 200, body: 'ok' };
  const lines = results.map(({ name, reason, note }) => {
    if (reason !== undefined) return `[-]${name} failed: ${reason}`;
    return note === undefined ? `[+]${name} ok` : `[+]${name} ok: ${note}`;
  });
  const verdict = `${path.slice(1)} check ${healthy ? 'passed' : 'failed'}`;
  return { status: healthy ? 200 : 500, body: [...lines, verdict, ''].join('\n') };
}
