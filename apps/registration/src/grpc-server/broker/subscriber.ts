import { EventQueue, type Outgoing } from './event-queue.ts';

/** How much may wait for one stream until it is ended; what is beyond this a reconnect and a resync bring sooner. */
const MOST_WAITING_EVENTS = 10_000;
const MOST_WAITING_BYTES = 16 * 1024 * 1024;
/** A stream that has less waiting takes answers to a resync. */
const ROOM_EVENTS = 64;
const ROOM_BYTES = 1024 * 1024;
/** Who has not taken a message for so long is not reading any more. */
const STALLED_MS = 120_000;

/** Why the broker ends a stream. */
export type Overload = 'queue is full' | 'does not read';

/** Writes one message; calls back when it is on its way. */
export type Write = (bytes: Uint8Array, written: () => void) => void;

/** Whose events a stream carries: those for a cluster, or, for a source outside Kubernetes, those about its works (cloudevents-grpc 12.5). */
export type Audience =
  { readonly kind: 'cluster'; readonly clusterName: string } | { readonly kind: 'source'; readonly source: string };

export interface SubscriberOptions {
  readonly audience: Audience;
  /** `<group>.<version>.<resource>` */
  readonly dataType: string;
  readonly write: Write;
  readonly onSent: (bytes: number, isEvent: boolean) => void;
  /** Told by how many bytes more, or less, wait here. */
  readonly onWaiting: (bytes: number) => void;
  /** Called once, when the stream has to be given up. */
  readonly onOverload: (why: Overload) => void;
  readonly now: () => Date;
}

/**
 * One stream (cloudevents-grpc 12.1). One message is on its way at a time, the rest waits here, so that a slow reader costs what waits for it
 * and nobody else anything.
 */
export class Subscriber {
  readonly audience: Audience;
  readonly dataType: string;
  readonly #options: SubscriberOptions;
  readonly #queue = new EventQueue();
  #heartbeat: Uint8Array | undefined;
  #writingSinceMs: number | undefined;
  #writingBytes = 0;
  #hasEnded = false;
  #whenRoom: (() => void)[] = [];
  #isLate = false;

  constructor(options: SubscriberOptions) {
    this.audience = options.audience;
    this.dataType = options.dataType;
    this.#options = options;
  }

  /** Bytes that wait here, or are on their way: while the client does not take them, each stream holds a copy. */
  get waitingBytes(): number {
    return this.#queue.bytes + this.#writingBytes;
  }

  /** Takes an event; never waits. */
  offer(event: Outgoing): void {
    if (this.#hasEnded) return;
    this.#counted(() => this.#queue.push(event));
    if (this.#queue.length > MOST_WAITING_EVENTS || this.#queue.bytes > MOST_WAITING_BYTES)
      this.overload('queue is full');
    else this.#pump();
  }

  /** Sends a heartbeat before what waits; it is dropped while the one before is still here (cloudevents-grpc 8). */
  beat(heartbeat: Uint8Array | undefined): void {
    if (this.#hasEnded) return;
    const writingMs = this.#options.now().getTime() - (this.#writingSinceMs ?? Number.POSITIVE_INFINITY);
    if (writingMs > STALLED_MS) {
      this.overload('does not read');
      return;
    }
    this.#heartbeat ??= heartbeat;
    this.#pump();
  }

  /** Whether little waits, nothing will be sent any more, or nobody waits for this stream. */
  get isReady(): boolean {
    return this.#isLate || this.#hasRoom();
  }

  /** Resolves when it is ready. */
  room(): Promise<void> {
    if (this.isReady) return Promise.resolve();
    return new Promise((resolve) => this.#whenRoom.push(resolve));
  }

  /** Nobody waits for this stream until it has room again. */
  leaveBehind(): void {
    if (this.#hasRoom()) return;
    this.#isLate = true;
    this.#tellRoom();
  }

  overload(why: Overload): void {
    if (this.#hasEnded) return;
    this.end();
    this.#options.onOverload(why);
  }

  /** Sends nothing more. */
  end(): void {
    this.#hasEnded = true;
    this.#counted(() => {
      this.#queue.clear();
      this.#writingBytes = 0;
    });
    this.#heartbeat = undefined;
    this.#tellRoom();
  }

  #hasRoom(): boolean {
    return this.#hasEnded || (this.#queue.length < ROOM_EVENTS && this.#queue.bytes < ROOM_BYTES);
  }

  #pump(): void {
    if (this.#writingSinceMs !== undefined || this.#hasEnded) return;
    const heartbeat = this.#heartbeat;
    this.#heartbeat = undefined;
    const bytes = heartbeat ?? this.#counted(() => this.#takeNext());
    if (bytes === undefined) return;
    this.#writingSinceMs = this.#options.now().getTime();
    this.#options.write(bytes, () => {
      this.#writingSinceMs = undefined;
      this.#counted(() => {
        this.#writingBytes = 0;
      });
      this.#options.onSent(bytes.byteLength, heartbeat === undefined);
      this.#pump();
      if (!this.#hasRoom()) return;
      this.#isLate = false;
      this.#tellRoom();
    });
  }

  #takeNext(): Uint8Array | undefined {
    const bytes = this.#queue.shift()?.bytes;
    this.#writingBytes = bytes?.byteLength ?? 0;
    return bytes;
  }

  #counted<T>(change: () => T): T {
    const before = this.waitingBytes;
    const result = change();
    this.#options.onWaiting(this.waitingBytes - before);
    return result;
  }

  #tellRoom(): void {
    const told = this.#whenRoom;
    this.#whenRoom = [];
    for (const tell of told) tell();
  }
}
