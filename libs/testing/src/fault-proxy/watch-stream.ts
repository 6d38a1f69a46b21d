import { Transform, type TransformCallback } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { statusBody, type WatchFault } from './faults.ts';

export interface WatchStreamOptions {
  /** Spoils the watch after so many events. */
  readonly fault?: { readonly how: WatchFault; readonly afterEvents: number } | undefined;
  /** Newest resource version that may be seen now; events above it are held back until `release`. Undefined: all may. */
  readonly newestVisible: () => bigint | undefined;
}

interface WatchEvent {
  readonly object: { readonly metadata?: { readonly resourceVersion?: string } };
}

/** The body of a watch on its way to the client, cut into events. */
export class WatchStream extends Transform {
  readonly #options: WatchStreamOptions;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #held: string[] = [];
  #delivered = 0;
  #spoilt = false;
  #end: TransformCallback | undefined;

  constructor(options: WatchStreamOptions) {
    super();
    this.#options = options;
    this.#spoilWhenDue();
  }

  get isSpoilt(): boolean {
    return this.#spoilt;
  }

  /** Spoils the watch now. What it holds back is lost, and so is all that still comes. */
  spoil(how: WatchFault): void {
    if (this.#spoilt) return;
    this.#spoilt = true;
    this.#held = [];
    if (how === 'gone') this.push(`${JSON.stringify({ type: 'ERROR', object: statusBody(410, {}) })}\n`);
    if (how !== 'silence') this.push(null);
  }

  /** Passes on what was held back, as far as it may be seen now. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const line of held) this.#deliver(line);
    this.#endWhenDone();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#deliver(line);
    callback();
  }

  override _flush(callback: TransformCallback): void {
    this.#end = callback;
    this.#endWhenDone();
  }

  /** A client that is kept from seeing events must not see an end either. */
  #endWhenDone(): void {
    if (this.#end !== undefined && !this.#spoilt && this.#held.length === 0) this.#end();
  }

  #deliver(line: string): void {
    if (this.#spoilt) return;
    const newest = this.#options.newestVisible();
    // What follows an event that is held back waits with it: events never overtake each other.
    if (this.#held.length > 0 || (newest !== undefined && versionOf(line) > newest)) {
      this.#held.push(line);
      return;
    }
    this.push(`${line}\n`);
    this.#delivered += 1;
    this.#spoilWhenDue();
  }

  #spoilWhenDue(): void {
    const { fault } = this.#options;
    if (fault !== undefined && this.#delivered === fault.afterEvents) this.spoil(fault.how);
  }
}

/** Resource version of an event; 0 for an ERROR event, which may always be seen. */
function versionOf(line: string): bigint {
  const { object } = JSON.parse(line) as WatchEvent;
  const version = object.metadata?.resourceVersion ?? '';
  return version === '' ? 0n : BigInt(version);
}
