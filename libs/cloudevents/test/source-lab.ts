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

/** A broker over TLS, sources and agents that speak through it; every one of them has a wire of its own that can be cut. */
export interface SourceLab extends AsyncDisposable {
  readonly broker: FakeBroker;
  readonly server: TestServer;
  readonly signal: AbortSignal;
  /** That of all sources. */
  readonly wire: Wire;
  startSource(over?: Partial<WorkSourceClientOptions>): Promise<RunningSource>;
  startAgent(cluster: string): Promise<RunningAgent>;
}

/** @param clock of sources and agents; by default 50 times as fast as others */
export async function startSourceLab(
  pki: TestPki,
  { clock = quickClock(50) }: { readonly clock?: Clock } = {},
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
  return {
    broker,
    server,
    signal,
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
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function running(client: { run(signal: AbortSignal): Promise<void> }, outer: AbortSignal): () => Promise<void> {
  const own = new AbortController();
  const run = client.run(AbortSignal.any([outer, own.signal]));
  return async () => {
    own.abort();
    await run;
  };
}
