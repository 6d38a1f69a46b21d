import { setTimeout as sleep } from 'node:timers/promises';
import { answerJson, type Exchange, forward, readJson, relay } from './exchange.ts';
import { type Fault, type FaultSet, statusBody } from './faults.ts';
import { answerAsOf, type FrozenView, isFrozenRead, isStreamedRead, pathAsOf } from './frozen-view.ts';
import { matches } from './matcher.ts';
import type { UpstreamAnswer } from './upstream.ts';
import { WatchStream, type WatchStreamOptions } from './watch-stream.ts';
import type { WriteCutState } from './write-cut.ts';

// HTTP/2 hands an answer to the socket without saying when it has left.
const ANSWER_LEAVES_WITHIN_MS = 20;
const ADMIN = { 'x-remote-user': 'fault-proxy', 'x-remote-group': 'system:masters' };

/** What a test can change while requests run. */
export interface ProxyState {
  readonly faults: FaultSet;
  readonly cuts: Set<WriteCutState>;
  readonly exchanges: Set<Exchange>;
  readonly watches: Map<Exchange, WatchStream>;
  frozen: FrozenView | undefined;
}

/** Deals with one request from its arrival to the end of its answer. */
export async function handleRequest(state: ProxyState, exchange: Exchange): Promise<void> {
  if (isRefused(state, exchange)) return exchange.client.drop();
  const taken = state.faults.take(exchange.info);
  const delayMs = taken.reduce((sum, fault) => sum + (fault.kind === 'latency' ? fault.ms : 0), 0);
  if (delayMs > 0) await sleep(delayMs, undefined, { signal: exchange.signal });
  const last = taken.at(-1);
  if (last?.kind === 'status') return answerStatus(exchange, last);
  if (last?.kind === 'drop-request' || isRefused(state, exchange)) return exchange.client.drop();
  if (isStreamedRead(state.frozen, exchange.info)) return answerStatus(exchange, { kind: 'status', code: 422 });
  return pass(state, exchange, last);
}

function isRefused({ cuts }: ProxyState, { info }: Exchange): boolean {
  return [...cuts].some((cut) => cut.refuses(info));
}

function answerStatus(exchange: Exchange, { code, reason, retryAfterSeconds }: Fault & { kind: 'status' }): void {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  answerJson(exchange, { status: code, body: statusBody(code, { reason, retryAfterSeconds }), headers });
}

async function pass(state: ProxyState, exchange: Exchange, fault: Fault | undefined): Promise<void> {
  const last = [...state.cuts].map((cut) => ({ cut, answer: cut.count(exchange.info) }));
  const ending = last.find(({ answer }) => answer !== 'not-the-last');
  const answer = await forward(exchange);
  const { frozen } = state; // may thaw while the answer is read
  if (fault?.kind === 'drop-answer' || ending?.answer === 'lost') {
    await drain(answer); // it has been done now
    exchange.client.drop();
  } else if (exchange.info.verb === 'watch' && answer.status === 200) {
    await relayWatch(state, exchange, { answer, fault });
  } else if (isFrozenRead(frozen, exchange.info) && [200, 404].includes(answer.status)) {
    await drain(answer); // asked for the sake of authorization only
    await answerFrozen(exchange, frozen);
  } else {
    await relay(exchange, answer);
  }
  if (ending !== undefined) {
    await sleep(ANSWER_LEAVES_WITHIN_MS);
    dropAll(state, ending.cut);
  }
}

async function relayWatch(
  state: ProxyState,
  exchange: Exchange,
  { answer, fault }: { readonly answer: UpstreamAnswer; readonly fault: Fault | undefined },
): Promise<void> {
  const spoilt: WatchStreamOptions['fault'] =
    fault?.kind === 'watch' ? { how: fault.how, afterEvents: fault.afterEvents ?? 0 } : undefined;
  const watch = new WatchStream({ fault: spoilt, newestVisible: () => newestVisible(state, exchange) });
  state.watches.set(exchange, watch);
  try {
    await relay(exchange, answer, watch);
  } finally {
    state.watches.delete(exchange);
  }
}

function newestVisible({ frozen }: ProxyState, { info }: Exchange): bigint | undefined {
  return frozen !== undefined && matches(frozen.when, info) ? BigInt(frozen.resourceVersion) : undefined;
}

async function answerFrozen(exchange: Exchange, view: FrozenView): Promise<void> {
  const wanted = exchange.request.headers.accept ?? '';
  const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  const accept = wanted.includes('as=PartialObjectMetadata') ? metadataOnly : 'application/json';
  const { status, body } = await forward(
    { ...exchange, identity: ADMIN },
    { path: pathAsOf(view, exchange.info), headers: { accept, 'accept-encoding': 'identity' } },
  );
  answerJson(exchange, answerAsOf(exchange.info, { status, body: await readJson(body) }));
}

function dropAll({ exchanges }: ProxyState, cut: WriteCutState): void {
  for (const { info, client } of exchanges) if (cut.concerns(info)) client.drop();
}

async function drain({ body }: UpstreamAnswer): Promise<void> {
  body.resume();
  for await (const _chunk of body);
}
