import { finalizers, ManifestWork, type ManifestWorkSpec } from '@ocm/api';
import { isKubeError, type KubeErrorCode, type Resource } from '@ocm/kube';
import { eventClient, type EventTransport, type Versions, workSourceClient } from '../../src/index.ts';
import { type Network, SimulatedNetwork } from './simulated-network.ts';
import { type PassingClock, VirtualClock } from './virtual-clock.ts';

const SECOND_MS = 1000;
const namespace = 'cluster1';
const REFUSALS: readonly KubeErrorCode[] = ['unavailable', 'conflict', 'exists', 'not-found'];

/** What happens to the world, one after the other. */
export type Step =
  | { readonly kind: 'write' | 'delete'; readonly slot: number }
  | { readonly kind: 'cut'; readonly side: 'source' | 'agent'; readonly afterBytes: number }
  | { readonly kind: 'broker-away'; readonly ms: number }
  | { readonly kind: 'restart'; readonly side: 'source' | 'agent' }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'late' | 'twice'; readonly count: number }
  | { readonly kind: 'wait'; readonly ms: number };

/** What both ends hold, to be compared. */
export interface Holding {
  /** By name: what was last written, with what the agent says about it at the source. */
  readonly [name: string]: { readonly value: string; readonly reported: string };
}

interface Running {
  readonly works: Resource<ManifestWork>;
  stop(): Promise<void>;
}

/** What a world is made of. */
export interface WorldParts {
  readonly clock: PassingClock;
  readonly network: Network;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Default `counted`. */
  readonly versions?: Versions;
}

/** A user who writes works, the source, a network, and an agent whose controllers report and clean up. */
export class World {
  /** What the source has accepted, by name: the truth. */
  readonly accepted = new Map<string, string>();
  readonly #clock: PassingClock;
  readonly #network: Network;
  readonly #parts: WorldParts;
  readonly #writes = new Set<Promise<void>>();
  #serial = 0;
  #mayWriteAgain = false;
  #source: Running;
  #agent: Running;

  private constructor(parts: WorldParts, running: { readonly source: Running; readonly agent: Running }) {
    this.#parts = parts;
    this.#clock = parts.clock;
    this.#network = parts.network;
    this.#source = running.source;
    this.#agent = running.agent;
  }

  static async start(parts: WorldParts): Promise<World> {
    return new World(parts, { source: await startSource(parts), agent: await startAgent(parts) });
  }

  /** All of it in memory, on a virtual clock; the same seed makes the same world. */
  static async simulated(seed: number, versions: Versions = 'counted'): Promise<World> {
    const random = seeded(seed);
    const clock = new VirtualClock();
    return World.start({ clock, random, versions, network: new SimulatedNetwork(clock, random) });
  }

  async do(step: Step): Promise<void> {
    switch (step.kind) {
      case 'write':
      case 'delete':
        return this.#write(`work${step.slot}`, step.kind);
      case 'cut':
        return this.#network.cut(step.side, step.afterBytes);
      case 'broker-away':
        await this.#network.setUp(false);
        await this.#clock.pass(step.ms);
        return this.#network.setUp(true);
      case 'restart':
        return this.#restart(step.side);
      case 'repeat':
        return this.#network.repeat();
      case 'late':
      case 'twice':
        return this.#network.interfere({ [step.kind]: step.count });
      case 'wait':
        return this.#clock.pass(step.ms);
    }
  }

  /** What the ends agree on after peace was made: everything has come, both have connected once more, and enough time has passed. */
  async settle(): Promise<{ readonly atSource: Holding; readonly atAgent: Holding }> {
    this.#network.calm();
    await this.#clock.pass(10 * SECOND_MS);
    for (const side of ['source', 'agent'] as const) this.#network.cut(side);
    await this.#clock.pass(300 * SECOND_MS);
    await this.#tidyUp();
    await this.#clock.pass(60 * SECOND_MS);
    return { atSource: await this.#held(this.#source), atAgent: await this.#held(this.#agent) };
  }

  async stop(): Promise<void> {
    const stopped = Promise.all([this.#source.stop(), this.#agent.stop(), ...this.#writes]);
    await this.#clock.pass(SECOND_MS);
    await stopped;
  }

  /** What somebody writes is written if the source accepts it, and otherwise it is as if it had not been. */
  #write(name: string, kind: 'write' | 'delete'): void {
    const { works } = this.#source;
    this.#serial += 1;
    const write = kind === 'delete' ? this.#delete(works, name) : this.#put(works, { name, value: `v${this.#serial}` });
    this.#track(write);
  }

  async #put(works: Running['works'], { name, value }: { name: string; value: string }): Promise<void> {
    const { signal } = new AbortController();
    const current = await works.find({ namespace, name }, { signal });
    if (current?.metadata.deletionTimestamp !== undefined) return;
    const written = await (current === undefined
      ? works.create({ metadata: { namespace, name }, spec: specOf(value) }, { signal })
      : works.patchSpec(unguarded(current), specOf(value), { signal }));
    // What is written to a work that is about to end ends with it.
    if (written.metadata.deletionTimestamp === undefined) this.accepted.set(name, value);
  }

  async #delete(works: Running['works'], name: string): Promise<void> {
    const { signal } = new AbortController();
    await works.delete({ namespace, name }, { signal });
    this.accepted.delete(name);
  }

  async #restart(side: 'source' | 'agent'): Promise<void> {
    const stopping = side === 'source' ? this.#source.stop() : this.#agent.stop();
    await this.#clock.pass(SECOND_MS);
    await stopping;
    if (side === 'agent') {
      this.#agent = await startAgent(this.#parts);
      return;
    }
    this.#source = await startSource(this.#parts);
    this.#mayWriteAgain = true;
    await this.#tidyUp();
  }

  /**
   * A source keeps nothing over a restart: whoever writes its works writes them again. What the source learns of from agents, although nobody has
   * heard that it was accepted, is deleted.
   */
  async #tidyUp(): Promise<void> {
    for (let attempt = 1; attempt <= 1000; attempt += 1) {
      await this.#clock.pass(5 * SECOND_MS);
      // What came late or twice is put right by the next resync, and not before it.
      if (attempt % 100 === 0) this.#network.cut('agent');
      const { works } = this.#source;
      const held = await listed(works).catch(tolerated);
      if (held === undefined) continue;
      const surplus = held.filter(({ metadata }) => !this.accepted.has(metadata.name));
      if (surplus.length === 0 && (this.#isAsAccepted(held) || !this.#mayWriteAgain)) return;
      for (const { metadata } of surplus) this.#track(this.#delete(works, metadata.name));
      if (!this.#mayWriteAgain) continue;
      for (const [name, value] of this.accepted) this.#track(this.#put(works, { name, value }));
    }
    throw new Error('the source does not take its works again');
  }

  #isAsAccepted(held: readonly ManifestWork[]): boolean {
    const living = held.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return (
      living.length === this.accepted.size &&
      living.every((work) => valueOf(work) === this.accepted.get(work.metadata.name))
    );
  }

  #track(write: Promise<void>): void {
    const settled = write.catch(tolerated).finally(() => this.#writes.delete(settled));
    this.#writes.add(settled);
  }

  async #held({ works }: Running): Promise<Holding> {
    const held = await listed(works);
    return Object.fromEntries(
      held.map((work) => [
        work.metadata.name,
        { value: valueOf(work), reported: work.status?.conditions?.[0]?.message ?? '' },
      ]),
    );
  }
}

async function startSource({ network, clock, random, versions = 'counted' }: WorldParts): Promise<Running> {
  const transport = await network.transport({ kind: 'source' });
  const client = workSourceClient({
    transport,
    sourceId: 's1',
    versions,
    forgetAfterMs: 30 * SECOND_MS,
    clock,
    random,
  });
  const stop = new AbortController();
  return { works: client.works, stop: stopper(stop, { transport, running: [client.run(stop.signal)] }) };
}

async function startAgent({ network, clock, random }: WorldParts): Promise<Running> {
  const transport = await network.transport({ kind: 'agent', cluster: namespace });
  const names = { clusterName: namespace, sourceId: 'agent', kinds: [ManifestWork] };
  const client = eventClient({ transport, ...names, clock, random });
  const works = client.kind(ManifestWork);
  const stop = new AbortController();
  const running = [client.run(stop.signal), control(works, clock, stop.signal)];
  return { works, stop: stopper(stop, { transport, running }) };
}

/** What the controllers of an agent do, as far as it matters here: hold what they apply, say what they applied, let go of what is deleted. */
async function control(works: Resource<ManifestWork>, clock: PassingClock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const held = await listed(works).catch(tolerated);
    for (const work of held ?? []) {
      await controlOne(works, work, signal).catch((error: unknown) => {
        if (!signal.aborted) tolerated(error);
      });
    }
    await clock.sleep(3 * SECOND_MS, signal);
  }
}

async function controlOne(works: Resource<ManifestWork>, work: ManifestWork, signal: AbortSignal): Promise<void> {
  const { deletionTimestamp, finalizers: held = [] } = work.metadata;
  if (deletionTimestamp !== undefined) {
    if (held.length > 0) await works.patchMetadata(work, { finalizers: [] }, { signal });
    return;
  }
  const own = held.length > 0 ? work : await works.patchMetadata(work, { finalizers: [finalizers.work] }, { signal });
  const lastTransitionTime = '2026-01-31T09:00:00Z';
  const message = valueOf(work);
  const observedGeneration = work.metadata.generation ?? 0;
  const about = { message, lastTransitionTime, observedGeneration };
  const condition = { type: 'Applied', status: 'True', reason: 'R', ...about } as const;
  await works.patchStatus(own, { conditions: [condition] }, { signal });
}

async function listed(works: Resource<ManifestWork>): Promise<readonly ManifestWork[]> {
  const all: ManifestWork[] = [];
  for await (const { items } of works.list({ signal: new AbortController().signal })) all.push(...items);
  return all;
}

function specOf(value: string): ManifestWorkSpec {
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'd' }, data: { value } };
  return { workload: { manifests: [manifest] } };
}

function valueOf({ spec }: ManifestWork): string {
  const [manifest] = spec?.workload?.manifests ?? [];
  return (manifest?.['data'] as { readonly value?: string } | undefined)?.value ?? '';
}

function unguarded(work: ManifestWork): ManifestWork {
  return { ...work, metadata: { ...work.metadata, resourceVersion: '0' } };
}

/** Refused for now, which is nobody's fault. */
function tolerated(error: unknown): undefined {
  if (!isKubeError(error, ...REFUSALS)) throw error;
}

function stopper(
  stop: AbortController,
  { transport, running }: { readonly transport: EventTransport; readonly running: readonly Promise<void>[] },
): () => Promise<void> {
  return async () => {
    stop.abort(new Error('stopped'));
    await Promise.all(running);
    await transport[Symbol.asyncDispose]();
  };
}

/** Numbers from 0 to below 1 that only depend on the seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
