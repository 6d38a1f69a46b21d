import {
  type CloudEvent,
  decodeEvent,
  encodeEvent,
  type EventLink,
  type EventTransport,
  findString,
  type LinkOptions,
  parseEventType,
  publishError,
} from '../../src/index.ts';
import type { VirtualClock } from './virtual-clock.ts';

const LONGEST_DELAY_MS = 40;
const MOST_REMEMBERED = 20;

/** Who is at an end of the network. */
export type Party = { readonly kind: 'source' } | { readonly kind: 'agent'; readonly cluster: string };

/** What happens to messages on their way down to the parties. */
export interface Interference {
  /** So many of the next messages come so late that others overtake them. */
  readonly late: number;
  /** So many of the next messages come twice. */
  readonly twice: number;
}

/** A way for events between sources and agents that can be disturbed. */
export interface Network {
  transport(party: Party): Promise<EventTransport>;
  /** Cuts the connections of the party after so many more bytes; 0 cuts now. */
  cut(kind: Party['kind'], afterBytes?: number): void;
  /** Takes the broker away, with all that it was about to send, or brings it back. */
  setUp(isUp: boolean): Promise<void>;
  /** One of the last messages comes once more. */
  repeat(): void;
  interfere(more: Partial<Interference>): void;
  /** Messages come as they should from now on. */
  calm(): void;
}

/**
 * A network with a broker in the middle that keeps nothing, as MQTT brokers with clean sessions do. Each party has one connection, which can be cut
 * after any byte, in both directions. Messages of a connection come in order, unless they are made late.
 */
export class SimulatedNetwork implements Network {
  readonly #interference = { late: 0, twice: 0 };
  readonly #clock: VirtualClock;
  readonly #random: () => number;
  readonly #links = new Set<Link>();
  readonly #remembered: CloudEvent[] = [];
  #isUp = true;

  /** @param random from 0 to below 1, always the same for the same test */
  constructor(clock: VirtualClock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  async transport(party: Party): Promise<EventTransport> {
    return {
      address: `simulated-${party.kind}`,
      connect: (options) => this.#connect(party, options),
      reloadCredential: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  cut(kind: Party['kind'], afterBytes = 0): void {
    for (const link of this.#links) if (link.party.kind === kind) link.cutAfter(afterBytes);
  }

  async setUp(isUp: boolean): Promise<void> {
    this.#isUp = isUp;
    if (!isUp) for (const link of this.#links) link.cutAfter(0);
  }

  interfere(more: Partial<Interference>): void {
    this.#interference.late += more.late ?? 0;
    this.#interference.twice += more.twice ?? 0;
  }

  calm(): void {
    Object.assign(this.#interference, { late: 0, twice: 0 });
  }

  /** How the next message comes. */
  fate(): { readonly isLate: boolean; readonly isTwice: boolean } {
    const fate = { isLate: this.#interference.late > 0, isTwice: this.#interference.twice > 0 };
    this.#interference.late -= fate.isLate ? 1 : 0;
    this.#interference.twice -= fate.isTwice ? 1 : 0;
    return fate;
  }

  repeat(): void {
    const event = this.#remembered[Math.floor(this.#random() * this.#remembered.length)];
    if (event !== undefined) this.relay(event);
  }

  relay(event: CloudEvent): void {
    for (const link of this.#links) if (isFor(link.party, event)) link.deliver(event);
  }

  /** The broker has received it. */
  accept(event: CloudEvent): void {
    this.#remembered.push(event);
    if (this.#remembered.length > MOST_REMEMBERED) this.#remembered.shift();
    this.relay(event);
  }

  delayMs(): number {
    return Math.floor(this.#random() * LONGEST_DELAY_MS); // fractions would add up to another order
  }

  async #connect(party: Party, { onEvent, signal }: LinkOptions): Promise<EventLink> {
    await this.#clock.sleep(this.delayMs(), signal);
    signal.throwIfAborted();
    if (!this.#isUp) throw new Error('connection refused');
    const link = new Link(this, { party, onEvent, clock: this.#clock });
    this.#links.add(link);
    void link.ended.then(() => this.#links.delete(link));
    return link;
  }
}

interface LinkParts {
  readonly party: Party;
  readonly onEvent: (event: CloudEvent) => void;
  readonly clock: VirtualClock;
}

class Link implements EventLink {
  readonly party: Party;
  readonly ended: Promise<Error>;
  readonly #network: SimulatedNetwork;
  readonly #parts: LinkParts;
  readonly #end: (reason: Error) => void;
  #isOver = false;
  #bytesLeft = Infinity;
  #lastDownMs = 0;
  #lastUpMs = 0;

  constructor(network: SimulatedNetwork, parts: LinkParts) {
    this.party = parts.party;
    this.#network = network;
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    this.#end = (reason) => {
      this.#isOver = true;
      resolve(reason);
    };
  }

  /** There and back again: when it is cut on its way, nobody knows whether the broker has it. */
  async publish(event: CloudEvent, published: Parameters<EventLink['publish']>[1]): Promise<void> {
    const { clock } = this.#parts;
    const answered = Promise.withResolvers<void>();
    const bytes = encodeEvent(event);
    this.#lastUpMs = Math.max(this.#lastUpMs, clock.now().getTime() + this.#network.delayMs());
    clock.schedule(this.#lastUpMs - clock.now().getTime(), () => {
      if (!this.#carries(bytes.length)) return;
      this.#network.accept(decodeEvent(bytes));
      clock.schedule(this.#network.delayMs(), () => this.#carries(1) && answered.resolve());
    });
    const lost = this.ended.then((reason) => {
      throw publishError(reason.message, published, reason);
    });
    await Promise.race([answered.promise, lost]);
  }

  close(): void {
    this.#end(new Error('closed'));
  }

  cutAfter(bytes: number): void {
    this.#bytesLeft = bytes;
    if (bytes === 0) this.#end(new Error('the connection is cut'));
  }

  /** From the broker to the party. */
  deliver(event: CloudEvent): void {
    const { isLate, isTwice } = this.#network.fate();
    this.#send(event, { isLate });
    if (isTwice) this.#send(event, { isLate: false });
  }

  #send(event: CloudEvent, { isLate }: { readonly isLate: boolean }): void {
    const { clock, onEvent } = this.#parts;
    const nowMs = clock.now().getTime();
    const bytes = encodeEvent(event);
    const inOrderMs = Math.max(this.#lastDownMs, nowMs + this.#network.delayMs());
    if (!isLate) this.#lastDownMs = inOrderMs;
    const atMs = isLate ? nowMs + this.#network.delayMs() * 100 : inOrderMs;
    clock.schedule(atMs - nowMs, () => {
      if (this.#carries(bytes.length)) onEvent(decodeEvent(bytes));
    });
  }

  /** Whether so many bytes come to the other end before the connection is cut. */
  #carries(bytes: number): boolean {
    if (this.#isOver) return false;
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft > 0) return true;
    this.#end(new Error('the connection is cut'));
    return false;
  }
}

/** What concerns a spec is for agents and what concerns a status for sources; questions go the other way. */
function isFor(party: Party, event: CloudEvent): boolean {
  const { subresource, action } = parseEventType(event.type);
  const isForSources = (subresource === 'status') !== (action === 'resync_request');
  if (party.kind === 'source') return isForSources;
  const cluster = findString(event, 'clustername');
  return !isForSources && (cluster === '' || cluster === party.cluster);
}
