import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUNDLES, type DriverCommands, type DriverSettings, type KnownWork, type Settling } from './driver-protocol.ts';
import { publication, type SeenEvent } from './event-bytes.ts';
import { FleetLane, type LaneEvents, type Member, resync } from './fleet-lane.ts';

const LOOK_MS = 20;
/** Start of the sequence ids (cloudevents-grpc 6.2). */
const SEQUENCE_EPOCH_MS = 1_288_834_974_657n;

/** Plays the agents of many clusters. */
export class FleetDriver implements DriverCommands, LaneEvents {
  #lanes: readonly FleetLane[] = [];
  #lateness: number[] | undefined;
  #intervalMs = 0;
  #expected: { readonly text: string; readonly seen: Map<string, number> } | undefined;
  #failures = 0;
  #firstFailure: string | undefined;
  #received = 0;
  #sample: Buffer = Buffer.alloc(0);
  #step = 0n;

  async start(settings: DriverSettings): Promise<void> {
    const { clusters, clustersPerConnection, dataTypes, identities, url, ca, haveWorks } = settings;
    const lanes: FleetLane[] = [];
    for (let at = 0; at < clusters.length; at += clustersPerConnection) {
      const identity = identities[lanes.length % identities.length];
      if (identity === undefined) throw new Error('the driver was given no identity');
      const own = clusters.slice(at, at + clustersPerConnection);
      const members = own.flatMap((cluster) => dataTypes.map((dataType) => newMember(cluster, dataType)));
      lanes.push(new FleetLane(members, { target: { url, ca, ...identity }, haveWorks, events: this }));
    }
    this.#lanes = lanes;
  }

  async connect({ deadlineMs }: { readonly deadlineMs: number }): Promise<Settling> {
    const begin = performance.now();
    this.#failures = 0;
    this.#firstFailure = undefined;
    for (const lane of this.#lanes) void lane.run();
    const members = this.#lanes.flatMap((lane) => lane.members);
    while (members.some(isLate) && performance.now() - begin < deadlineMs) await sleep(LOOK_MS);
    const settled = members.filter((member) => !isLate(member));
    return {
      subscribedMs: settled.map(({ subscribedAt = 0 }) => subscribedAt - begin),
      syncedMs: settled.map(({ syncedAt = 0 }) => syncedAt - begin),
      unsettled: members.length - settled.length,
      failures: this.#failures,
      ...(this.#firstFailure === undefined ? {} : { firstFailure: this.#firstFailure }),
    };
  }

  async drop(): Promise<void> {
    for (const lane of this.#lanes) lane.stop();
  }

  async heartbeatLateness({
    observeMs,
    intervalMs,
  }: {
    readonly observeMs: number;
    readonly intervalMs: number;
  }): Promise<readonly number[]> {
    const lateness: number[] = [];
    this.#intervalMs = intervalMs;
    this.#lateness = lateness;
    await sleep(observeMs);
    this.#lateness = undefined;
    return lateness;
  }

  async expectChange(text: string): Promise<void> {
    this.#expected = { text, seen: new Map() };
  }

  async changesSeen({ deadlineMs }: { readonly deadlineMs: number }): Promise<Readonly<Record<string, number>>> {
    const wanted = this.#lanes.reduce(
      (sum, { members }) => sum + members.filter(({ dataType }) => dataType === BUNDLES).length,
      0,
    );
    const end = performance.now() + deadlineMs;
    const seen = this.#expected?.seen ?? new Map<string, number>();
    while (seen.size < wanted) {
      if (performance.now() > end) throw new Error(`only ${seen.size} of ${wanted} clusters have heard of the change`);
      await sleep(LOOK_MS);
    }
    return Object.fromEntries(seen);
  }

  async resyncAll({ expectedEvents }: { readonly expectedEvents: number }): Promise<number> {
    const begin = performance.now();
    this.#received = 0;
    const asking = this.#lanes.flatMap(({ members, connection }) =>
      members.map((each) => resync(each, connection, false)),
    );
    await Promise.all(asking);
    while (this.#received < expectedEvents) await sleep(1);
    return performance.now() - begin;
  }

  async sample(): Promise<Uint8Array> {
    return this.#sample;
  }

  async publishStatuses({
    works,
    text,
    inFlight,
  }: {
    readonly works: readonly KnownWork[];
    readonly text: string;
    readonly inFlight: number;
  }): Promise<number> {
    const byCluster = Map.groupBy(works, ({ cluster }) => cluster);
    const begin = performance.now();
    await Promise.all(
      this.#lanes.map(async ({ members, connection }) => {
        const queue = members.flatMap(({ cluster }) => byCluster.get(cluster) ?? []).values();
        const publishNext = async (): Promise<void> => {
          for (const work of queue) await connection.publish(this.#statusEvent(work, text));
        };
        await Promise.all(Array.from({ length: inFlight }, publishNext));
      }),
    );
    return performance.now() - begin;
  }

  heartbeat(_member: Member, sincePreviousMs: number | undefined): void {
    if (sincePreviousMs === undefined) return;
    this.#lateness?.push(Math.max(0, sincePreviousMs - this.#intervalMs));
  }

  resource({ cluster }: Member, event: SeenEvent & { readonly kind: 'resource' }, message: Buffer): void {
    this.#received += 1;
    if (this.#sample.length === 0) this.#sample = Buffer.from(message);
    const expected = this.#expected;
    if (expected === undefined || expected.seen.has(cluster)) return;
    if (!String(event.attributes.get('ce-metadata') ?? '').includes(expected.text)) return;
    expected.seen.set(cluster, performance.timeOrigin + performance.now());
  }

  failure(text: string): void {
    this.#failures += 1;
    this.#firstFailure ??= text;
  }

  #statusEvent({ cluster, name, uid, generation }: KnownWork, text: string): Buffer {
    this.#step += 1n;
    const sequence = ((BigInt(Date.now()) - SEQUENCE_EPOCH_MS) << 22n) | (1n << 12n) | (this.#step & 0xfffn);
    const condition = (type: string): object => ({
      type,
      status: 'True',
      reason: 'Bench',
      message: text,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      observedGeneration: generation,
    });
    return publication({
      type: `${BUNDLES}.status.update_request`,
      source: `${cluster}-work-agent`,
      attributes: {
        clustername: cluster,
        originalsource: 'kube',
        resourceid: uid,
        resourceversion: generation,
        sequenceid: sequence.toString(),
        statushash: createHash('sha256').update(text).digest('hex'),
        metadata: JSON.stringify({ name }),
        logtracing: '{}',
      },
      payload: { conditions: [condition('Applied'), condition('Available')] },
    });
  }
}

function isLate({ syncedAt }: Member): boolean {
  return syncedAt === undefined;
}

function newMember(cluster: string, dataType: string): Member {
  return {
    cluster,
    dataType,
    subscribedAt: undefined,
    syncedAt: undefined,
    heartbeatAt: undefined,
    heard: undefined,
  };
}
