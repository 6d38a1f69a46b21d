import { beforeAll, expect, test } from '@jest/globals';
import { ManifestWork } from '@ocm/api';
import { isKubeError, type Resource } from '@ocm/kube';
import { until } from '@ocm/testing';
import { array, assert, asyncProperty, constant, integer, nat, oneof, record } from 'fast-check';
import { eventClient, grpcTransport } from '../src/index.ts';
import { clientFiles } from './client-files.ts';
import { FakeHub, type HubWork } from './fake-hub.ts';
import { createTestPki, startGrpcServer, startWire, type TestPki, type TestServer } from './grpc-server.ts';
import { quickClock } from './quick-clock.ts';

const namespace = 'cluster1';
const clock = quickClock(300);

let pki: TestPki;
beforeAll(async () => {
  pki = await createTestPki();
});

const slot = nat({ max: 3 });
const step = oneof(
  { weight: 4, arbitrary: record({ kind: constant('update' as const), slot }) },
  { weight: 2, arbitrary: record({ kind: constant('delete' as const), slot }) },
  { weight: 2, arbitrary: record({ kind: constant('forget' as const), slot }) },
  { weight: 2, arbitrary: record({ kind: constant('duplicate' as const), slot }) },
  { weight: 2, arbitrary: record({ kind: constant('stale' as const), slot }) },
  { weight: 2, arbitrary: constant({ kind: 'cut' as const }) },
  { weight: 2, arbitrary: record({ kind: constant('cut-after' as const), bytes: integer({ min: 1, max: 3000 }) }) },
  { weight: 1, arbitrary: constant({ kind: 'restart-server' as const }) },
  { weight: 1, arbitrary: constant({ kind: 'restart-agent' as const }) },
  { weight: 3, arbitrary: record({ kind: constant('wait' as const), ms: integer({ min: 1, max: 60 }) }) },
);
type Step = typeof step extends { generate: (...args: never[]) => { value: infer S } } ? S : never;

/** The hub, a wire that breaks, and an agent whose controllers report what they see and clean up what is deleted. */
class World {
  readonly hub: FakeHub;
  readonly #stack = new AsyncDisposableStack();
  readonly #wire: Awaited<ReturnType<typeof startWire>>;
  readonly #configPath: string;
  readonly #history = new Map<string, HubWork>();
  #server: TestServer;
  #serial = 0;
  #agent:
    | {
        readonly works: Resource<ManifestWork>;
        readonly signal: AbortSignal;
        isConnected(): boolean;
        stop(): Promise<void>;
      }
    | undefined;

  private constructor(server: TestServer, wire: Awaited<ReturnType<typeof startWire>>, configPath: string) {
    this.#server = server;
    this.#wire = wire;
    this.#configPath = configPath;
    this.hub = new FakeHub(server);
  }

  static async start(): Promise<World> {
    const server = await startGrpcServer(pki);
    const wire = await startWire(server.port);
    const files = await clientFiles(pki, { port: wire.port, pair: await pki.client('agent1') });
    const world = new World(server, wire, files.configPath);
    world.#stack.use(files);
    world.#stack.use(wire);
    await world.#startAgent();
    return world;
  }

  async do(step: Step): Promise<void> {
    if ('slot' in step) return this.#change(step);
    switch (step.kind) {
      case 'cut':
        return this.#wire.cut();
      case 'cut-after':
        return this.#wire.cutAfter(step.bytes);
      case 'restart-server':
        return this.#restartServer();
      case 'restart-agent':
        await this.#agent?.stop();
        return this.#startAgent();
      case 'wait':
        await until(() => this.#agent?.isConnected(), { describe: 'a connection' });
        await clock.sleep(step.ms * 300, new AbortController().signal);
    }
  }

  #change({ kind, slot }: Extract<Step, { slot: number }>): void {
    const name = `work${slot}`;
    if (kind === 'update') return this.#update(name);
    const work = [...this.hub.works.values()].find((candidate) => candidate.name === name);
    if (work === undefined || work.isDeleting) return;
    if (kind === 'delete') this.hub.put({ ...work, isDeleting: true });
    else if (kind === 'forget') this.hub.works.delete(work.uid);
    else if (kind === 'duplicate') this.hub.tell(work, 'update_request');
    else this.hub.tell(this.#history.get(work.uid) ?? work, 'update_request');
  }

  /** What the agent has and what it reported, as text that can be compared with the hub's. */
  async seen(): Promise<unknown> {
    if (this.#agent === undefined) return undefined;
    const works = await listed(this.#agent.works, this.#agent.signal);
    return Object.fromEntries(
      works.map(({ metadata: { name, uid, generation }, spec }) => {
        const [manifest] = spec?.workload?.manifests ?? [];
        return [name, { uid, generation, value: (manifest?.['data'] as { value?: string } | undefined)?.value }];
      }),
    );
  }

  wanted(): unknown {
    return Object.fromEntries(
      [...this.hub.works.values()].map(({ name, uid, generation, value }) => [name, { uid, generation, value }]),
    );
  }

  reported(): unknown {
    const generationOf = (uid: string): unknown =>
      this.hub.statuses.get(uid)?.event.attributes['ce-resourceversion']?.ce_integer;
    return Object.fromEntries([...this.hub.works.values()].map(({ name, uid }) => [name, generationOf(uid)]));
  }

  /** Resolves when the agent has what the hub has, has reported on all of it, and nothing is left of what was deleted. */
  async agree(): Promise<void> {
    const check = async (): Promise<boolean> => {
      expect(await this.seen()).toEqual(this.wanted());
      const generations = Object.values(this.wanted() as Record<string, { generation: number }>);
      expect(Object.values(this.reported() as object)).toEqual(generations.map(({ generation }) => generation));
      expect([...this.hub.works.values()].filter(({ isDeleting }) => isDeleting)).toEqual([]);
      return true;
    };
    await until(check, { describe: 'agent and hub to agree', deadlineMs: 30_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent?.stop();
    await this.#server[Symbol.asyncDispose]();
    await this.#stack.disposeAsync();
  }

  #update(name: string): void {
    const current = [...this.hub.works.values()].find((work) => work.name === name);
    if (current?.isDeleting === true) return;
    this.#serial += 1;
    const value = `v${this.#serial}`;
    const { uid = `uid${this.#serial}`, generation = 0 } = current ?? {};
    if (current !== undefined) this.#history.set(uid, current);
    this.hub.put({ uid, name, generation: generation + 1, value, isDeleting: false });
  }

  async #restartServer(): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    this.#server = await startGrpcServer(pki);
    this.hub.moveTo(this.#server);
    this.#wire.target = this.#server.port;
  }

  async #startAgent(): Promise<void> {
    const stop = new AbortController();
    const { signal } = stop;
    const transport = await grpcTransport(this.#configPath);
    const client = eventClient({ transport, clusterName: namespace, sourceId: 'agent', kinds: [ManifestWork], clock });
    const works = client.kind(ManifestWork);
    const running = Promise.all([client.run(signal), control(works, signal)]);
    const end = async (): Promise<void> => {
      stop.abort();
      await running;
      await transport[Symbol.asyncDispose]();
    };
    this.#agent = { works, signal, isConnected: () => client.isConnected(ManifestWork), stop: end };
  }
}

/** What the controllers of a work agent do, as far as it matters here. */
async function control(works: Resource<ManifestWork>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const work of await listed(works, signal)) await controlOne(works, work, signal);
    } catch (error) {
      if (!signal.aborted && !isKubeError(error, 'unavailable', 'conflict', 'not-found')) throw error;
    }
    await clock.sleep(3000, signal);
  }
}

async function listed(works: Resource<ManifestWork>, signal: AbortSignal): Promise<readonly ManifestWork[]> {
  const all: ManifestWork[] = [];
  for await (const { items } of works.list({ signal })) all.push(...items);
  return all;
}

async function controlOne(works: Resource<ManifestWork>, work: ManifestWork, signal: AbortSignal): Promise<void> {
  const { deletionTimestamp, generation = 0, finalizers = [] } = work.metadata;
  if (deletionTimestamp !== undefined) {
    if (finalizers.length > 0) await works.patchMetadata(work, { finalizers: [] }, { signal });
    return;
  }
  const lastTransitionTime = '2026-01-31T09:00:00Z';
  const condition = {
    type: 'Applied',
    status: 'True',
    reason: 'R',
    message: `${generation}`,
    lastTransitionTime,
  } as const;
  await works.patchStatus(work, { conditions: [condition] }, { signal });
}

test('whatever is cut, restarted, doubled or late: agent and hub end up with the same works and the newest status', async () => {
  await assert(
    asyncProperty(array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
      await using world = await World.start();
      for (const index of [0, 1, 2, 3]) await world.do({ kind: 'update', slot: index });
      await world.agree();
      for (const one of steps) await world.do(one);
      await world.do({ kind: 'cut-after', bytes: Number.POSITIVE_INFINITY });
      await world.do({ kind: 'cut' });
      await world.agree();
    }),
    { numRuns: 8, endOnFailure: true },
  );
});
