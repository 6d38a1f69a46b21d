import type { Logger } from '../logger.ts';
import { goBucketBounds } from '../metrics/bucket-bounds.ts';
import { buildFacts, type BuildInfo } from '../metrics/build-info.ts';
import type { AccessGuard } from './access-guard.ts';
import { type HealthCheck, healthPaths, healthReport, runHealthChecks } from './health.ts';
import type { PlainAnswer, PlainRequest } from './http-listener.ts';

/** Where the text of `/metrics` comes from; the registry of prom-client fits. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export interface ProcessEndpoints {
  /** Absent: health is not served here. */
  readonly health?: readonly HealthCheck[];
  /** Absent: metrics are not served here. `guard: 'open'` lets everybody read them, as webhook servers do (registration 24). */
  readonly metrics?: { readonly source: MetricsSource; readonly guard: AccessGuard | 'open' };
  /** Absent: `/version` is not served here (placement 17.3). */
  readonly version?: { readonly build: BuildInfo; readonly guard: AccessGuard | 'open' };
  readonly log: Logger;
}

type Answerer = (request: PlainRequest, signal: AbortSignal) => Promise<PlainAnswer>;

/** Answers `/healthz`, `/livez`, `/readyz` (open to all, `?verbose` lists the checks) `/metrics` and `/version` (guarded). */
export function answerProcessEndpoints(endpoints: ProcessEndpoints): Answerer {
  return async (request, signal) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { status: 405, body: 'method not allowed\n', headers: { allow: 'GET, HEAD' } };
    }
    if (endpoints.health !== undefined && healthPaths.some((path) => path === request.path)) {
      return answerHealth(request, { checks: endpoints.health, log: endpoints.log }, signal);
    }
    if (endpoints.metrics !== undefined && request.path === '/metrics') {
      return answerMetrics(request, endpoints.metrics, signal);
    }
    if (endpoints.version !== undefined && request.path === '/version') {
      return answerVersion(request, endpoints.version, signal);
    }
    return { status: 404, body: 'not found\n' };
  };
}

async function answerHealth(
  { path, query }: PlainRequest,
  { checks, log }: { readonly checks: readonly HealthCheck[]; readonly log: Logger },
  signal: AbortSignal,
): Promise<PlainAnswer> {
  const onThrow = (check: string, error: unknown): void => log.error({ check, error }, 'health check threw');
  const asked = checks.filter(({ readinessOnly }) => readinessOnly !== true || path === '/readyz');
  const results = await runHealthChecks(asked, { onThrow, signal });
  const unhealthy = results.filter(({ reason }) => reason !== undefined);
  if (unhealthy.length > 0) log.warn({ path, checks: unhealthy }, 'probe answered: unhealthy');
  return healthReport(path, results, { verbose: query.has('verbose') });
}

async function answerMetrics(
  request: PlainRequest,
  { source, guard }: NonNullable<ProcessEndpoints['metrics']>,
  signal: AbortSignal,
): Promise<PlainAnswer> {
  const refusal = await refusalOf(request, guard, signal);
  if (refusal !== undefined) return refusal;
  const body = goBucketBounds(await source.metrics());
  return { status: 200, body, headers: { 'content-type': source.contentType } };
}

async function answerVersion(
  request: PlainRequest,
  { build, guard }: NonNullable<ProcessEndpoints['version']>,
  signal: AbortSignal,
): Promise<PlainAnswer> {
  const refusal = await refusalOf(request, guard, signal);
  if (refusal !== undefined) return refusal;
  const body = `${JSON.stringify(buildFacts(build), undefined, 2)}\n`;
  return { status: 200, body, headers: { 'content-type': 'application/json' } };
}

/** `undefined` for those whom the guard lets in. */
async function refusalOf(
  { path, authorization }: PlainRequest,
  guard: AccessGuard | 'open',
  signal: AbortSignal,
): Promise<PlainAnswer | undefined> {
  const verdict = guard === 'open' ? 'allowed' : await guard({ token: bearerToken(authorization), path }, signal);
  switch (verdict) {
    case 'allowed':
      return undefined;
    case 'unauthenticated':
      return { status: 401, body: 'unauthorized\n', headers: { 'www-authenticate': 'Bearer' } };
    case 'forbidden':
      return { status: 403, body: 'forbidden\n' };
    default:
      return unreachable(verdict);
  }
}

function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

function unreachable(verdict: never): never {
  throw new TypeError(`unknown verdict ${String(verdict)}`);
}
