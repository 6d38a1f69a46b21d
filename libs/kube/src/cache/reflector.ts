import type { KubeObject } from '@ocm/api';
import type { Clock } from '../clock.ts';
import { isKubeError, KubeError } from '../error.ts';
import type { WatchHealth } from '../informer.ts';
import type { Logger } from '../logger.ts';
import type { KubeMetrics } from '../metrics.ts';
import { keyOf } from '../object-key.ts';
import type { Resource, Selection, WatchEvent } from '../resource.ts';
import { readAhead } from './read-ahead.ts';
import { isOlder } from './resource-version.ts';
import { guardSilence, type SilenceGuard } from './silence-guard.ts';

const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 30_000;
/** Between two attempts there is at least this much, whatever the dice say. */
const LEAST_BACKOFF_MS = 50;
/** A watch that the server ended without a word was healthy if it lived so long. */
const HEALTHY_AFTER_MS = 5000;
/** A server that begins a watch with all objects sends them, and the end of them, at once; one that does not is asked for pages. */
const FIRST_READ_SILENCE_MS = 10_000;
/** Watches are spread over time so that those of a fleet are not renewed all at once. */
const WATCH_SECONDS = { least: 300, spread: 300 };

/** Who is told what the server has. */
export interface Mirror<T extends KubeObject> {
  put(object: T, from: 'list' | 'watch'): void;
  remove(object: T): void;
  /** A list is complete: nothing else exists as of its resource version. */
  retain(keys: ReadonlySet<string>, resourceVersion: string): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly selection: Selection;
  readonly mirror: Mirror<T>;
  /** For logs and metrics. */
  readonly name: string;
  readonly pageSize: number;
  readonly silenceMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: KubeMetrics | undefined;
  /** See `InformerOptions`. */
  readonly onHealth: ((health: WatchHealth) => void) | undefined;
}

/**
 * Keeps a mirror equal to what the server has, until the signal fires.
 *
 * The first read is a watch that begins with all objects (consistent, one request in all, no large answers to hold on either side). Where
 * the server cannot do that it is a list in pages: without writes for some minutes the server reads those from etcd and takes 2 to 4
 * times as long. Both are consistent reads; resourceVersion=0 would be no faster and may go back in time. Whatever ends a watch, the next
 * one resumes from the last resource version; only 410 Gone, or a server that cannot read that version, leads to another first read.
 */
export async function reflect<T extends KubeObject>(options: ReflectorOptions<T>, signal: AbortSignal): Promise<void> {
  const reflector = new Reflector(options);
  while (!signal.aborted) await reflector.step(signal);
}

class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  /** Where to resume; `undefined` before the first read and after it was refused. */
  #position: string | undefined;
  /** Whether the next first read is a watch that begins with all objects. */
  #canStream = true;
  /** Whether the server has ever begun a watch so. One that has, and does not, is read in pages once, and then asked again. */
  #hasStreamed = false;
  #failures = 0;
  /** Whether the last failure was a position that the server does not have any more. */
  #isExpired = false;
  /** Whether the watch in hand has delivered something after its first read, or lived. */
  #isHealthy = false;
  /** What was last complained about, so that an outage is one line in the log. */
  #complaint: string | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  /** One watch, after a list where needed. */
  async step(signal: AbortSignal): Promise<void> {
    try {
      if (this.#position === undefined && !this.#canStream) this.#position = await this.#list(signal);
      if (signal.aborted) return;
      const reason = await this.#watch(signal);
      if (!signal.aborted) this.#restart(reason);
    } catch (error) {
      if (!signal.aborted) await this.#recover(error, signal);
    }
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    if (this.#turnsToPages(error)) return;
    const isExpired = isKubeError(error, 'gone');
    // A position that the server does not understand would be refused for ever.
    if (isExpired || isRefusedByServer(error)) this.#position = undefined;
    // A server that says so is back from whatever made us wait before; one that says nothing else is not asked ever faster.
    if (isExpired && !this.#isExpired) this.#failures = 0;
    this.#isExpired = isExpired;
    this.#restart(isExpired ? 'expired' : 'error');
    if (!isExpired) this.#options.onHealth?.({ kind: 'failing', error });
    this.#complain(error);
    await this.#options.clock.sleep(this.#backoffMs(error), signal);
  }

  /** A server that refuses to stream the first read is asked for pages, at once. */
  #turnsToPages(error: unknown): boolean {
    if (this.#position !== undefined || !this.#canStream || !isRefusedByServer(error)) return false;
    const { log, name } = this.#options;
    log.debug({ resource: name, error }, 'server cannot stream lists: pages instead');
    this.#canStream = false;
    return true;
  }

  /** Returns the resource version of the list. */
  async #list(outer: AbortSignal): Promise<string> {
    const { resource, selection, pageSize, clock, silenceMs, mirror } = this.#options;
    using guard = guardSilence(clock, silenceMs, outer);
    const pages = resource.list({ ...selection, limit: pageSize, signal: guard.signal });
    const keys = new Set<string>();
    let resourceVersion = '';
    for await (const page of readAhead(pages)) {
      guard.heard();
      for (const object of page.items) this.#readObject(object, keys);
      resourceVersion = page.resourceVersion;
    }
    guard.signal.throwIfAborted();
    mirror.retain(keys, resourceVersion);
    this.#canStream = this.#hasStreamed;
    this.#recovered();
    return resourceVersion;
  }

  async #watch(outer: AbortSignal): Promise<'ended' | 'silent'> {
    const { clock, silenceMs, name } = this.#options;
    const patienceMs = this.#position === undefined ? Math.min(silenceMs, FIRST_READ_SILENCE_MS) : silenceMs;
    using guard = guardSilence(clock, patienceMs, outer);
    const startMs = clock.now().getTime();
    this.#isHealthy = false;
    try {
      await this.#follow(guard);
    } catch (error) {
      if (!guard.isSilent) throw error;
    }
    if (this.#position === undefined && !outer.aborted) this.#canStream = false; // it never said that this was all
    if (guard.isSilent) return 'silent';
    if (clock.now().getTime() - startMs >= HEALTHY_AFTER_MS) this.#healthy();
    if (this.#isHealthy || outer.aborted) return 'ended';
    throw new KubeError(`watch ${name}: ended by the server at once`, { code: 'unavailable' });
  }

  async #follow(guard: SilenceGuard): Promise<void> {
    let reading = this.#position === undefined ? new Set<string>() : undefined;
    for await (const event of this.#open(guard)) {
      // Changes go on for ever where things are busy; only objects bring a first read nearer to its end.
      if (reading === undefined || event.type === 'ADDED') guard.heard();
      if (reading === undefined) this.#apply(event);
      else if (this.#read(event, reading)) {
        reading = undefined;
        guard.tolerate(this.#options.silenceMs);
      }
    }
  }

  #open({ signal }: SilenceGuard): AsyncIterable<WatchEvent<T>> {
    const { resource, selection, random } = this.#options;
    const timeoutSeconds = WATCH_SECONDS.least + Math.floor(random() * WATCH_SECONDS.spread);
    const start =
      this.#position === undefined ? { resourceVersion: '', initialEvents: true } : { resourceVersion: this.#position };
    return resource.watch({ ...selection, ...start, timeoutSeconds, signal });
  }

  /** Takes in one event of a first read; tells whether the read is complete. */
  #read(event: WatchEvent<T>, keys: Set<string>): boolean {
    const { mirror } = this.#options;
    if (event.type === 'BOOKMARK') {
      if (event.initialEventsEnd !== true) return false;
      mirror.retain(keys, event.resourceVersion);
      this.#position = event.resourceVersion;
      this.#hasStreamed = true;
      this.#recovered();
      return true;
    }
    if (event.type === 'DELETED') {
      keys.delete(keyOf(event.object)); // what is not among the keys goes at the end
    } else {
      this.#readObject(event.object, keys);
    }
    return false;
  }

  #readObject(object: T, keys: Set<string>): void {
    this.#attempt(object, () => {
      keys.add(keyOf(object));
      this.#options.mirror.put(object, 'list');
    });
  }

  /** An object that cannot be taken in is left out by name: asked again, the server would send it again, and nothing behind it would come. */
  #attempt(object: T, takeIn: () => void): void {
    try {
      takeIn();
    } catch (error) {
      const { log, name } = this.#options;
      log.error({ resource: name, key: keyOf(object), error }, 'object left out: it cannot be taken in');
    }
  }

  #apply(event: WatchEvent<T>): void {
    const { mirror } = this.#options;
    this.#healthy();
    if (event.type === 'BOOKMARK') {
      this.#advance(event.resourceVersion);
      return;
    }
    const { resourceVersion } = event.object.metadata; // read before the mirror uses the object up
    this.#attempt(event.object, () => {
      if (event.type === 'DELETED') mirror.remove(event.object);
      else mirror.put(event.object, 'watch');
    });
    this.#position = resourceVersion ?? this.#position;
  }

  #advance(bookmark: string): void {
    if (this.#position !== undefined && isOlder(bookmark, this.#position)) {
      // An etcd restored from a backup counts from an earlier number on: changes would stay unseen until it has caught up.
      throw new KubeError(
        `watch ${this.#options.name}: the server has gone back from ${this.#position} to ${bookmark}`,
        {
          code: 'gone',
        },
      );
    }
    this.#position = bookmark;
  }

  #restart(reason: 'expired' | 'ended' | 'silent' | 'error'): void {
    const { log, metrics, name } = this.#options;
    metrics?.watchRestart(name, reason);
    log.debug({ resource: name, reason }, 'watch restarts');
  }

  #healthy(): void {
    if (this.#isHealthy) return;
    this.#isHealthy = true;
    this.#failures = 0;
    this.#recovered();
  }

  #recovered(): void {
    this.#options.onHealth?.({ kind: 'working' });
    if (this.#complaint === undefined) return;
    this.#complaint = undefined;
    this.#options.log.info({ resource: this.#options.name }, 'list and watch work again');
  }

  #complain(error: unknown): void {
    const { log, name } = this.#options;
    const cause = isKubeError(error) ? error.code : String(error);
    if (cause === this.#complaint || cause === 'gone') return;
    this.#complaint = cause;
    if (cause === 'not-served') {
      log.warn({ resource: name }, 'API not served: install the CRD; will keep looking');
    } else {
      log.warn({ resource: name, error }, 'list or watch failed, will retry');
    }
  }

  /** Full jitter: after an outage of the server a fleet comes back spread over the whole interval. */
  #backoffMs(error: unknown): number {
    const ceiling = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, LONGEST_BACKOFF_MS);
    this.#failures += 1;
    const asked = isKubeError(error) ? (error.retryAfterMs ?? 0) : 0;
    return Math.max(ceiling * this.#options.random(), asked, LEAST_BACKOFF_MS);
  }
}

/** Whether the API server says of the request itself that it cannot do it. Any other 4xx, or a page of a proxy, may be over the next time. */
function isRefusedByServer(error: unknown): boolean {
  return isKubeError(error) && (error.status === 400 || error.status === 422) && error.reason !== undefined;
}
