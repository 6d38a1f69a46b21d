import { EventError } from './event.ts';

// A snowflake: 41 bits of milliseconds since the epoch below, 10 bits of node, 12 bits of step (cloudevents-grpc 6.2).
const EPOCH_MS = 1_288_834_974_657n;
const NODE_BITS = 10n;
const STEP_BITS = 12n;
const STEPS = 1n << STEP_BITS;
const NODE = 1n;
const LONGEST = 19;

/** The parts of a sequence id. */
export interface SequenceId {
  readonly timeMs: number;
  readonly node: number;
  readonly step: number;
}

/** Whether a status is newer than the one before it. */
export type SequenceOrder = 'newer' | 'not-newer' | 'incomparable';

/** @throws EventError when the text is no decimal number of 63 bits */
export function parseSequenceId(text: string): SequenceId {
  if (!/^\d+$/.test(text) || text.length > LONGEST) {
    throw new EventError(`sequence id "${text.slice(0, 100)}" is no decimal number of 63 bits`);
  }
  const id = BigInt(text);
  return {
    timeMs: Number((id >> (NODE_BITS + STEP_BITS)) + EPOCH_MS),
    node: Number((id >> STEP_BITS) & ((1n << NODE_BITS) - 1n)),
    step: Number(id & (STEPS - 1n)),
  };
}

/**
 * Compares the sequence id of a status with that of the one before; no previous id is older than any. Ids of different nodes say nothing
 * about each other.
 *
 * @throws EventError when one of them is no sequence id
 */
export function compareSequenceIds(previous: string | undefined, next: string): SequenceOrder {
  const newer = parseSequenceId(next);
  if (previous === undefined || previous === '') return 'newer';
  const older = parseSequenceId(previous);
  if (older.node !== newer.node) return 'incomparable';
  const difference = newer.timeMs - older.timeMs || newer.step - older.step;
  return difference > 0 ? 'newer' : 'not-newer';
}

/** Hands out growing sequence ids, also when the clock goes back or more than 4096 are wanted in one millisecond: then they run ahead of it. */
export class SequenceIds {
  readonly #now: () => Date;
  #timeMs = 0n;
  #step = 0n;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** A decimal number larger than all before it. */
  next(): string {
    const nowMs = BigInt(this.#now().getTime()) - EPOCH_MS;
    if (nowMs > this.#timeMs) {
      this.#timeMs = nowMs;
      this.#step = 0n;
    } else {
      this.#step += 1n;
      if (this.#step === STEPS) {
        this.#timeMs += 1n;
        this.#step = 0n;
      }
    }
    return String((this.#timeMs << (NODE_BITS + STEP_BITS)) | (NODE << STEP_BITS) | this.#step);
  }
}
