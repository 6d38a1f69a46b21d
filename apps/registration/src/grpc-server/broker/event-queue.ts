/** An event on its way to a stream, encoded once for all streams. */
export interface Outgoing {
  readonly bytes: Uint8Array;
  /** What it is about; a newer event about the same replaces it. Absent: it stands for itself. */
  readonly resourceId: string | undefined;
}

/**
 * What a stream has not sent yet. Of each resource only the newest state waits, in the place of the first: an agent that is slow sees fewer
 * states, not older ones, and what waits is at most what its cluster has.
 */
export class EventQueue {
  readonly #waiting = new Map<string | symbol, Outgoing>();
  #bytes = 0;

  get length(): number {
    return this.#waiting.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(event: Outgoing): void {
    const key = event.resourceId ?? Symbol();
    this.#bytes += event.bytes.byteLength - (this.#waiting.get(key)?.bytes.byteLength ?? 0);
    this.#waiting.set(key, event);
  }

  shift(): Outgoing | undefined {
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    const [key, event] = first;
    this.#waiting.delete(key);
    this.#bytes -= event.bytes.byteLength;
    return event;
  }

  clear(): void {
    this.#waiting.clear();
    this.#bytes = 0;
  }
}
