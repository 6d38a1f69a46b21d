import { setTimeout as sleep } from 'node:timers/promises';
import type { RawTarget } from '../raw-client.ts';
import { publication, readEvent, type SeenEvent } from './event-bytes.ts';
import { BUNDLES } from './driver-protocol.ts';
import { type EventConnection, openConnection } from './event-connection.ts';

/** As agents wait (cloudevents-grpc 9.3), with a random factor between 1 and 2. */
const BACK_OFF_MS = 5000;

/** One subscription of one cluster. */
export interface Member {
  readonly cluster: string;
  readonly dataType: string;
  subscribedAt: number | undefined;
  syncedAt: number | undefined;
  heartbeatAt: number | undefined;
  /** Called at the first event after a resync. */
  heard: (() => void) | undefined;
}

export interface LaneEvents {
  heartbeat(member: Member, sincePreviousMs: number | undefined): void;
  resource(member: Member, event: SeenEvent & { readonly kind: 'resource' }, message: Buffer): void;
  failure(text: string): void;
}

/** A connection and who shares it: kept open, subscribed and resynced until it is stopped. */
export class FleetLane {
  readonly members: readonly Member[];
  readonly #target: RawTarget;
  readonly #haveWorks: boolean;
  readonly #events: LaneEvents;
  #connection: EventConnection | undefined;
  #stop = new AbortController();

  constructor(
    members: readonly Member[],
    { target, haveWorks, events }: { target: RawTarget; haveWorks: boolean; events: LaneEvents },
  ) {
    this.members = members;
    this.#target = target;
    this.#haveWorks = haveWorks;
    this.#events = events;
  }

  /** @throws when the lane is not connected */
  get connection(): EventConnection {
    if (this.#connection === undefined) throw new Error('the lane is not connected');
    return this.#connection;
  }

  async run(): Promise<void> {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    for (const member of this.members) Object.assign(member, NEVER);
    while (!signal.aborted) {
      const connection = openConnection(this.#target);
      this.#connection = connection;
      for (const member of this.members) void this.#settle(member, connection);
      await connection.lost.promise;
      connection.destroy();
      if (!signal.aborted) this.#events.failure(`a connection was lost: ${connection.lost.reason}`);
      await backOff(signal);
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#connection?.destroy();
  }

  async #settle(member: Member, connection: EventConnection): Promise<void> {
    const { signal } = connection.lost;
    member.heartbeatAt = undefined;
    for (let isSubscribed = false; !signal.aborted;) {
      try {
        if (!isSubscribed) {
          await connection.subscribe(member.cluster, member.dataType, (message) => this.#take(member, message));
        }
        isSubscribed = true;
        member.subscribedAt ??= performance.now();
        await resync(member, connection, this.#haveWorks && member.dataType === BUNDLES);
        member.syncedAt ??= performance.now();
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#events.failure(String(error));
        await backOff(signal);
      }
    }
  }

  #take(member: Member, message: Buffer): void {
    const event = readEvent(message);
    if (event.kind === 'heartbeat') {
      const now = performance.now();
      const before = member.heartbeatAt;
      member.heartbeatAt = now;
      this.#events.heartbeat(member, before === undefined ? undefined : now - before);
      return;
    }
    member.heard?.();
    this.#events.resource(member, event, message);
  }
}

/** Waits as an agent does, or until the signal fires. */
async function backOff(signal: AbortSignal): Promise<void> {
  await sleep(BACK_OFF_MS * (1 + Math.random()), undefined, { signal }).catch(() => undefined);
}

const NEVER = { subscribedAt: undefined, syncedAt: undefined, heartbeatAt: undefined, heard: undefined };

/** Asks for everything, as an agent that has just started, and waits for the first event if there is something to come. */
export async function resync(member: Member, connection: EventConnection, expectsEvent: boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  member.heard = resolve;
  await connection.publish(
    publication({
      type: `${member.dataType}.spec.resync_request`,
      source: `${member.cluster}-work-agent`,
      attributes: { clustername: member.cluster, originalsource: '' },
      payload: { resourceVersions: [] },
    }),
  );
  if (expectsEvent) await promise;
  member.heard = undefined;
}
