import { Event, microTimestamp, type ObjectReference } from '@ocm/api';
import type { KubeClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { deadlineSignal } from './deadline.ts';
import { isKubeError } from './error.ts';
import { type Logger, silentLogger } from './logger.ts';
import type { CallOptions, Resource } from './resource.ts';

/** An event that comes again within this time continues its series instead of becoming another object, as in client-go. */
const SERIES_MS = 6 * 60_000;
const REMEMBERED_SERIES = 1000;
const WRITE_MS = 10_000;
const NOTE_BYTES = 1024;
const NAME_LENGTH = 253;

/** What happened to which object. */
export interface EventReport {
  /** Where the event is to be seen, also for a cluster-scoped object (registration 11.5). */
  readonly namespace: string;
  readonly regarding: ObjectReference;
  /** Another object that has to do with it. */
  readonly related?: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  /** Cut off after 1024 bytes, the most that the server takes. */
  readonly note: string;
}

/** Writes events without ever failing its caller. */
export interface EventRecorder {
  /** Writes the event. Never rejects: a failure is logged and costs the caller at most 10 s. */
  record(event: EventReport, options: CallOptions): Promise<void>;
}

/** In whose name events are written. */
export interface EventRecorderOptions {
  readonly client: Pick<KubeClient, 'kind'>;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly clock?: Clock;
  /** Told of events that could not be written. */
  readonly log?: Logger;
  readonly random?: () => number;
}

/** An event that was written, and how often it has happened. */
interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly count: number;
  readonly lastMs: number;
}

/**
 * Records events.k8s.io/v1 events. One that says the same about the same object within 6 minutes counts up the series of the first; where
 * the identity may create events but not patch them (the agent on the hub), it becomes an event of its own.
 */
export function eventRecorder(options: EventRecorderOptions): EventRecorder {
  const { log = silentLogger, clock = systemClock } = options;
  const writer = new EventWriter(options, clock);
  return {
    async record(event, { signal }) {
      using deadline = deadlineSignal(clock, WRITE_MS, signal);
      try {
        await writer.write(event, deadline.signal);
      } catch (error) {
        if (signal.aborted) return;
        const { namespace, reason, regarding } = event;
        log.warn({ namespace, reason, regarding: regarding.name, error }, 'event not recorded');
      }
    },
  };
}

class EventWriter {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #events: Resource<Event>;
  /** The least recently used first. A write in hand is a promise, so that the same event waits for it. */
  readonly #series = new Map<string, Promise<Series | undefined>>();
  #mayPatch = true;

  constructor(options: EventRecorderOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#events = options.client.kind(Event);
  }

  async write(event: EventReport, signal: AbortSignal): Promise<void> {
    const identity = identityOf(event);
    const previous = this.#series.get(identity) ?? Promise.resolve(undefined);
    const written = previous.then((series) => this.#continue(series, event, signal));
    this.#remember(
      identity,
      written.catch(() => undefined),
    );
    await written;
  }

  #remember(identity: string, series: Promise<Series | undefined>): void {
    this.#series.delete(identity);
    this.#series.set(identity, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > REMEMBERED_SERIES && oldest !== undefined) this.#series.delete(oldest);
  }

  async #continue(series: Series | undefined, event: EventReport, signal: AbortSignal): Promise<Series> {
    const nowMs = this.#clock.now().getTime();
    const isOpen = series !== undefined && Math.abs(nowMs - series.lastMs) < SERIES_MS;
    const counted = isOpen && this.#mayPatch ? await this.#countUp(series, nowMs, signal) : undefined;
    return counted ?? (await this.#create(event, nowMs, signal));
  }

  /** `undefined` when there is nothing to count on: the event has expired, or patching is not allowed. */
  async #countUp({ namespace, name, count }: Series, nowMs: number, signal: AbortSignal): Promise<Series | undefined> {
    const series = { count: count + 1, lastObservedTime: microTimestamp(new Date(nowMs)) };
    try {
      await this.#events.mergePatch({ namespace, name }, { series }, { signal });
      return { namespace, name, count: count + 1, lastMs: nowMs };
    } catch (error) {
      if (!isKubeError(error, 'forbidden', 'not-found')) throw error;
      if (error.code === 'forbidden') this.#mayPatch = false;
      return undefined;
    }
  }

  async #create(event: EventReport, nowMs: number, signal: AbortSignal): Promise<Series> {
    const { reportingController, reportingInstance } = this.#options;
    const { namespace, regarding, related, type, reason, action, note } = event;
    const name = this.#nameFor(regarding, nowMs);
    const body: Event = {
      metadata: { namespace, name },
      eventTime: microTimestamp(new Date(nowMs)),
      reportingController,
      reportingInstance,
      // The server wants both namespaces to be the same, also when the object itself has none.
      regarding: { ...regarding, namespace: regarding.namespace ?? namespace },
      ...(related === undefined ? {} : { related }),
      type,
      reason,
      action,
      note: cutNote(note),
    };
    await this.#events.create(body, { signal });
    return { namespace, name, count: 1, lastMs: nowMs };
  }

  /** As client-go names events, the object's name and a number of nanoseconds, of which ours has the last six from a die. */
  #nameFor({ name = 'unknown' }: ObjectReference, nowMs: number): string {
    const { random = Math.random } = this.#options;
    const nanoseconds = BigInt(nowMs) * 1_000_000n + BigInt(Math.floor(random() * 1_000_000));
    const suffix = `.${nanoseconds.toString(16)}`;
    return name.slice(0, NAME_LENGTH - suffix.length) + suffix;
  }
}

function identityOf({ namespace, regarding, related, type, reason, action, note }: EventReport): string {
  const objects = [regarding, related].map((one) => [one?.apiVersion, one?.kind, one?.namespace, one?.name, one?.uid]);
  return JSON.stringify([namespace, objects, type, reason, action, note]);
}

/** Cuts between characters, never within one. */
function cutNote(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= NOTE_BYTES) return note;
  return new TextDecoder().decode(bytes.subarray(0, NOTE_BYTES), { stream: true });
}
