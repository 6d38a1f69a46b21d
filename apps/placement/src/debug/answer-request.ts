import {
  answerProcessEndpoints,
  type BuildInfo,
  type FullRequest,
  type Logger,
  type MetricsSource,
  type PlainAnswer,
} from '@ocm/service';
import { answerDebugRequest, DEBUG_PATH, type DebugCollaborators } from './answer-debug-request.ts';
import type { Authenticate } from './authenticate.ts';
import type { Authorize } from './authorize.ts';

export interface RequestCollaborators extends DebugCollaborators {
  readonly authenticate: Authenticate;
  readonly authorize: Authorize;
  readonly metrics: MetricsSource;
  readonly build: BuildInfo;
  readonly log: Logger;
}

const OPEN_PATHS: readonly string[] = ['/healthz', '/livez', '/readyz'];

/** Everything that the debug server answers: health to everybody, all else to whom the hub lets in (placement 16.1). */
export function createAnswer(
  collaborators: RequestCollaborators,
): (request: FullRequest, signal: AbortSignal) => Promise<PlainAnswer> {
  const { authenticate, authorize, metrics, build, log } = collaborators;
  const endpoints = answerProcessEndpoints({
    health: [],
    metrics: { source: metrics, guard: 'open' },
    version: { build, guard: 'open' },
    log,
  });
  return async (received, signal) => {
    const path = decodedPath(received.path);
    if (path === undefined) return status(400, 'BadRequest', 'the path is not valid');
    const request = { ...received, path };
    if (OPEN_PATHS.includes(path)) return endpoints(request, signal);
    const caller = await authenticate(request, signal);
    if (caller === undefined) return status(401, 'Unauthorized', 'Unauthorized');
    const verb = request.method.toLowerCase();
    const { allowed, reason } = await authorize.request(caller, { verb, path }, signal);
    if (!allowed) {
      const why = reason === '' ? '' : `: ${reason}`;
      return status(403, 'Forbidden', `forbidden: User "${caller.username}" cannot ${verb} path "${path}"${why}`);
    }
    return path.startsWith(DEBUG_PATH)
      ? answerDebugRequest(collaborators, { request, caller }, signal)
      : endpoints(request, signal);
  };
}

/** `undefined` for a path with a broken escape. */
function decodedPath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** A refusal in the form of API servers. */
function status(code: number, reason: string, message: string): PlainAnswer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return {
    status: code,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(code === 401 ? { 'www-authenticate': 'Bearer' } : {}) },
  };
}
