import { isKubeError, type KubeClient } from '@ocm/kube';
import type { Probe } from './judge-health.ts';

/** Longer than this an API server that is well does not take. */
const PROBE_TIMEOUT_MS = 10_000;

/** Asks /livez, and /healthz where /livez is unknown or not for us (registration 11.4). */
export async function probeApiServer(spoke: Pick<KubeClient, 'request'>, signal: AbortSignal): Promise<Probe> {
  try {
    const live = await get(spoke, '/livez', signal);
    const { status, body } = isAnswer(live.status) ? live : await get(spoke, '/healthz', signal);
    return status === 200 ? { kind: 'healthy' } : { kind: 'unhealthy', code: status, text: body };
  } catch (error) {
    if (signal.aborted || !isKubeError(error)) throw error;
    return { kind: 'unhealthy', code: 0, text: error.message };
  }
}

/** A server without /livez says 404; one that shows it to nobody but its administrators says 403. */
const isAnswer = (status: number): boolean => status !== 404 && status !== 403;

const get = (
  spoke: Pick<KubeClient, 'request'>,
  path: string,
  signal: AbortSignal,
): ReturnType<KubeClient['request']> => spoke.request({ method: 'GET', path, timeoutMs: PROBE_TIMEOUT_MS, signal });
