import { constants } from 'node:crypto';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { issueClientCertificate, issueServingCertificate } from '../certificates.ts';
import type { ControlPlane } from '../control-plane.ts';
import { clientIdentity, identityHeaders } from './client-identity.ts';
import { type Clients, trackClients } from './clients.ts';
import { answerJson, type Exchange, type ProxyRequest, type ProxyResponse, readJson } from './exchange.ts';
import { createFaultSet, type InjectedFault, type Injection, statusBody, type WatchFault } from './faults.ts';
import { handleRequest, type ProxyState } from './handle-request.ts';
import { type Matcher, matches } from './matcher.ts';
import { requestInfo } from './request-info.ts';
import { createRequestRecord, type RecordedRequest, type RequestRecord } from './request-record.ts';
import { openUpstream } from './upstream.ts';
import { createWriteCut, type WriteCut, type WriteCutOptions } from './write-cut.ts';
import type { KeyAndCertificate } from '@ocm/pki';

export interface FaultProxyOptions {
  readonly controlPlane: Pick<ControlPlane, 'url' | 'ca' | 'frontCa'>;
  /** Decides whom a `fraction` hits; default Math.random. */
  readonly random?: () => number;
}

/**
 * An HTTPS server in front of an API server that does harm on request. Its certificate is of the control plane's CA, so a
 * kubeconfig differs only in its server: `cp.kubeconfig(identity, { server: proxy.url })`. Client certificates and bearer
 * tokens, HTTP/1.1 and HTTP/2 all work; upgrades (exec, port-forward) do not.
 */
export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  /** Switches a fault on for requests from now on. */
  inject(injection: Injection): InjectedFault;
  /** Switches all injected faults off. */
  clearFaults(): void;
  /** How many matching watches are open now. */
  openWatches(when?: Matcher): number;
  /** Spoils the matching watches that are open now; returns how many. */
  breakWatches(how: WatchFault, when?: Matcher): number;
  /** Breaks all connections that are open now. */
  dropConnections(): void;
  /**
   * From now on gets and lists are answered as of this moment, and watches hold back what comes later. Writes take effect.
   * At most one view at a time, and for 5 minutes at most.
   */
  freezeView(when?: Matcher): Promise<void>;
  /** Ends the frozen view; watches deliver what they held back. */
  thawView(): void;
  cutAfterWrites(options: WriteCutOptions): WriteCut;
  /** The requests since the start or the last `clearRequests`, in order of arrival, also those that were not let through. */
  requests(when?: Matcher): readonly RecordedRequest[];
  clearRequests(): void;
  close(): Promise<void>;
}

/** Starts a fault proxy on a free port of 127.0.0.1; it does no harm until it is told to. */
export async function startFaultProxy({ controlPlane, random = Math.random }: FaultProxyOptions): Promise<FaultProxy> {
  const { url, ca, frontCa } = controlPlane;
  const [serving, front] = await Promise.all([
    issueServingCertificate(ca, 'fault-proxy', ['127.0.0.1', 'localhost']),
    issueClientCertificate(frontCa, { user: 'fault-proxy' }),
  ]);
  const state: ProxyState = {
    faults: createFaultSet(random),
    cuts: new Set(),
    exchanges: new Set(),
    watches: new Map(),
    frozen: undefined,
  };
  const clients = trackClients({ url, caPem: ca.certificatePem, front });
  const record = createRequestRecord();
  const server = createServer(serving, ca.certificatePem);
  server.on('secureConnection', (socket) => clients.add(socket));
  server.on('request', (request, response) => void serve({ state, clients, record }, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    clients.dropAll();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `https://127.0.0.1:${port}`,
    ...controlsOf({ state, clients, record }, () => currentVersion({ url, caPem: ca.certificatePem, front })),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Parts {
  readonly state: ProxyState;
  readonly clients: Clients;
  readonly record: RequestRecord;
}

function createServer({ certificatePem, privateKeyPem }: KeyAndCertificate, clientCa: string): Http2SecureServer {
  return createSecureServer({
    allowHTTP1: true,
    cert: certificatePem,
    key: privateKeyPem,
    ca: clientCa,
    requestCert: true,
    rejectUnauthorized: false, // a bad certificate is answered with 401, as kube-apiserver does
    secureOptions: constants.SSL_OP_NO_TICKET, // a resumed session would not show the certificate
  });
}

function controlsOf(
  { state, clients, record }: Parts,
  currentVersion: () => Promise<string>,
): Omit<FaultProxy, 'url' | 'close' | typeof Symbol.asyncDispose> {
  const openWatches = (when: Matcher) =>
    [...state.watches].flatMap(([exchange, watch]) => (matches(when, exchange.info) ? [watch] : []));
  return {
    inject: (injection) => state.faults.inject(injection),
    openWatches: (when = {}) => openWatches(when).length,
    clearFaults: () => state.faults.clear(),
    breakWatches(how, when = {}) {
      const watches = openWatches(when);
      for (const watch of watches) watch.spoil(how);
      return watches.length;
    },
    dropConnections: () => clients.dropAll(),
    async freezeView(when = {}) {
      state.frozen = { resourceVersion: await currentVersion(), when };
    },
    thawView() {
      state.frozen = undefined;
      for (const watch of openWatches({})) watch.release();
    },
    cutAfterWrites(options) {
      const cut = createWriteCut(options);
      state.cuts.add(cut);
      return cut;
    },
    requests: (when = {}) => record.matching(when),
    clearRequests: () => record.clear(),
  };
}

async function serve(parts: Parts, request: ProxyRequest, response: ProxyResponse): Promise<void> {
  const client = parts.clients.byPort(request.socket.remotePort);
  if (client === undefined) return; // its connection broke while the request was read
  const gone = endOf(response);
  const info = requestInfo(request.method ?? 'GET', request.url ?? '/', request.headers['user-agent'] ?? '');
  const identity = clientIdentity(client.socket, Date.now());
  const recorded = parts.record.add(info, identity.kind === 'certificate' ? identity.user : '');
  const headers = identity.kind === 'certificate' ? identityHeaders(identity) : undefined;
  const exchange: Exchange = { info, request, response, client, identity: headers, signal: gone, recorded };
  parts.state.exchanges.add(exchange);
  try {
    if (identity.kind === 'refused') answerJson(exchange, { status: 401, body: statusBody(401, {}) });
    else await handleRequest(parts.state, exchange);
  } catch {
    // When the API server has gone, the client finds its connection broken; when the client has gone, nobody needs to know.
    if (!gone.aborted) client.drop();
  } finally {
    parts.state.exchanges.delete(exchange);
  }
}

/** Fires when an answer is complete, or when nobody wants it any more. */
function endOf(response: ProxyResponse): AbortSignal {
  const end = new AbortController();
  response.once('close', () => end.abort());
  // Of a client that gives a stream up without an error, Node does not always say that it is closed.
  if ('stream' in response) response.stream.once('aborted', () => end.abort());
  return end.signal;
}

/** The newest resource version of the API server. */
async function currentVersion({
  url,
  caPem,
  front,
}: {
  url: string;
  caPem: string;
  front: KeyAndCertificate;
}): Promise<string> {
  const upstream = openUpstream({ url, caPem, front, protocol: 'http/1.1' });
  try {
    const headers = { 'x-remote-user': 'fault-proxy', 'x-remote-group': 'system:masters' };
    const signal = AbortSignal.timeout(30_000);
    const path = '/api/v1/namespaces?limit=1';
    const answer = await upstream.send({ method: 'GET', path, headers, body: undefined, signal });
    return ((await readJson(answer.body)) as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
  } finally {
    upstream.close();
  }
}
