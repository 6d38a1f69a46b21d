import type { Kind, KubeObject } from '@ocm/api';
import { ApiResource } from './api-resource.ts';
import type { ConnectOptions, KubeClient, RawRequest, RawResponse } from './client.ts';
import { systemClock } from './clock.ts';
import { DiscoveryMapper } from './discovery.ts';
import { KubeError } from './error.ts';
import { Credentials } from './kubeconfig/credentials.ts';
import type { KubeconfigSource } from './kubeconfig/source.ts';
import { Requester } from './requester.ts';
import { errorOfRefusal } from './status-error.ts';
import { RequestGate } from './transport/request-gate.ts';

const CREDENTIAL_RELOAD_MS = 60_000;
// Together with some watches below the 100 streams that an API server allows on a connection.
const IN_FLIGHT = 64;
const PRIORITY_RESERVE = 16;
/** Probes tell whether a cluster lives; they must not wait behind its other requests. */
const PROBE = /^\/(livez|readyz|healthz|version)\b/;

/**
 * A client for the API server of a kubeconfig. Reads the kubeconfig and the files it names; the connection is opened by the first request,
 * so the server may be down.
 *
 * @throws KubeError `config` that names file and field
 */
export async function connect(source: KubeconfigSource, options: ConnectOptions): Promise<KubeClient> {
  const { signal, clock = systemClock, random = Math.random, userAgent, log, metrics, rateLimit } = options;
  signal.throwIfAborted();
  const credentials = await Credentials.load(source, {
    clock,
    log,
    reloadMs: options.credentialReloadMs ?? CREDENTIAL_RELOAD_MS,
    proxy: options.proxy,
  });
  const gate = new RequestGate({ clock, inFlight: IN_FLIGHT, priorityReserve: PRIORITY_RESERVE, rateLimit });
  const requester = new Requester({ credentials, gate, userAgent, clock, random, metrics });
  const mapper = new DiscoveryMapper(requester, clock);
  const abort = (): void => requester.close(signal.reason);
  const close = (): Promise<void> => {
    signal.removeEventListener('abort', abort);
    requester.close(new KubeError(`the client of ${credentials.server} is closed`, { code: 'unavailable' }));
    return Promise.resolve();
  };
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return {
    server: credentials.server,
    mapper,
    kind: <T extends KubeObject>(kind: Kind<T>) =>
      new ApiResource(kind, { requester, form: 'full', notServed: () => mapper.forget(kind) }),
    request: (request) => send(requester, request),
    version: ({ signal }) => serverVersion(requester, signal),
    reloadCredential: () => credentials.reload(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function send(requester: Requester, request: RawRequest): Promise<RawResponse> {
  const { method, path, body, headers = {}, timeoutMs, signal } = request;
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const {
    status,
    headers: answered,
    text,
  } = await requester.exchange({
    doing: `${method} ${path}`,
    method,
    path,
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...Object.fromEntries(lowerCase) },
    body: body === undefined ? undefined : JSON.stringify(body),
    lane: PROBE.test(path) ? 'priority' : 'normal',
    retry: false,
    timeoutMs,
    signal,
  });
  return { status, headers: answered, body: text };
}

async function serverVersion(requester: Requester, signal: AbortSignal): Promise<string> {
  const request = {
    doing: 'getting the version',
    method: 'GET',
    path: '/version',
    lane: 'priority',
    retry: true,
  } as const;
  const answer = await requester.exchange({ ...request, signal });
  if (answer.status !== 200) throw errorOfRefusal(request.doing, answer);
  const { gitVersion } = JSON.parse(answer.text) as { readonly gitVersion: string };
  return gitVersion;
}
