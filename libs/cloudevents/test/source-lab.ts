import { ManifestWork } from '@ocm/api';
import type { Clock, Resource } from '@ocm/kube';
import {
  eventClient,
  grpcTransport,
  workSourceClient,
  type WorkSourceClient,
  type WorkSourceClientOptions,
} from '../src/index.ts';
import { clientFiles } from './client-files.ts';
import { FakeBroker } from './fake-broker.ts';
import { startGrpcServer, startWire, type TestPki, type TestServer, type Wire } from './grpc-server.ts';
import { quickClock } from './quick-clock.ts';

export interface RunningSource extends WorkSourceClient {
  stop(): Promise<void>;
}

export interface RunningAgent {
  readonly works: Resource<ManifestWork>;
  isConnected(): boolean;
  waitForSync(): Promise<void>;
  /** Cuts its connection; it makes another. */
  cut(): void;
  stop(): Promise<void>;
}

export interface SourcePair {
  readonly source: RunningSource;
  readonly agent: RunningAgent;
}

/** A broker over TLS, sources and agents that speak through it; every one of them has a wire of its own that can be cut. */
export interface SourceLab extends AsyncDisposable {
  readonly broker: FakeBroker;
  readonly server: TestServer;
  readonly signal: AbortSignal;
  /** Of sources and agents. */
  readonly clock: Clock;
  /** That of all sources. */
  readonly wire: Wire;
  startSource(over?: Partial<WorkSourceClientOptions>): Promise<RunningSource>;
  startAgent(cluster: string): Promise<RunningAgent>;
  /** A source and the agent of cluster1, both subscribed. */
  startPair(over?: Partial<WorkSourceClientOptions>): Promise<SourcePair>;
}

/** @param clock of sources and agents; by default 20 times as fast as others: half a minute's patience is enough for a busy machine */
export async function startSourceLab(
  pki: TestPki,
  { clock = quickClock(20) }: { readonly clock?: Clock } = {},
): Promise<SourceLab> {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startGrpcServer(pki));
  const broker = new FakeBroker(server);
  const wire = stack.use(await startWire(server.port));
  const stop = new AbortController();
  const { signal } = stop;
  const open = async (port: number, name: string) => {
    const files = stack.use(await clientFiles(pki, { port, pair: await pki.client(name) }));
    return stack.use(await grpcTransport(files.configPath, { clock }));
  };
  stack.defer(() => stop.abort());
  const lab: SourceLab = {
    broker,
    server,
    signal,
    clock,
    wire,
    async startSource(over = {}) {
      const transport = await open(wire.port, 'shop');
      const client = workSourceClient({ transport, sourceId: 'shop', clock, forgetAfterMs: 0, ...over });
      return Object.assign(client, { stop: running(client, signal) });
    },
    async startAgent(cluster) {
      const own = stack.use(await startWire(server.port));
      const transport = await open(own.port, cluster);
      const sourceId = `${cluster}-work-agent`;
      const client = eventClient({ transport, clusterName: cluster, sourceId, kinds: [ManifestWork], clock });
      return {
        works: client.kind(ManifestWork),
        isConnected: () => client.isConnected(ManifestWork),
        waitForSync: () => client.waitForSync(signal),
        cut: () => own.cut(),
        stop: running(client, signal),
      };
    },
    async startPair(over) {
      const [source, agent] = await Promise.all([lab.startSource(over), lab.startAgent('cluster1')]);
      await Promise.all([source.waitForSync(signal), agent.waitForSync()]);
      return { source, agent };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  return lab;
}

function running(client: { run(signal: AbortSignal): Promise<void> }, outer: AbortSignal): () => Promise<void> {
  const own = new AbortController();
  const run = client.run(AbortSignal.any([outer, own.signal]));
  return async () => {
    own.abort();
    await run;
  };
}
