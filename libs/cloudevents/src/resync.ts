import { isRawNumber, parseExact } from '@ocm/kube';
import { EventError } from './event.ts';
import { parseJsonObject } from './json-object.ts';

/** What the asker of a spec resync holds: versions by resource id (cloudevents-grpc 5.6). Versions may be beyond 2^53. */
export type HeldVersions = ReadonlyMap<string, bigint>;

/** What the asker of a status resync holds: status hashes by resource id. */
export type HeldHashes = ReadonlyMap<string, string>;

/** What to answer to a spec resync (cloudevents-grpc 7.1). */
export interface SpecAnswer<T> {
  /** Objects that the asker does not have in this version, or that are being deleted. */
  readonly changed: readonly T[];
  /** Resource ids and versions that the asker holds and nobody knows: they are to be deleted. */
  readonly unknown: readonly { readonly resourceId: string; readonly version: bigint }[];
}

/** Something with a version, as the answerer of a resync has it. */
export interface Versioned {
  readonly resourceId: string;
  /** `undefined` when it cannot be read: then nothing is sent; 0 when versions are not kept: then it is always sent. */
  readonly version: bigint | undefined;
  readonly isDeleting: boolean;
}

/** The payload of a spec resync request. */
export function encodeHeldVersions(held: HeldVersions): Uint8Array {
  const entries = [...held].map(([id, version]) => `{"resourceID":${JSON.stringify(id)},"resourceVersion":${version}}`);
  return Buffer.from(`{"resourceVersions":[${entries.join(',')}]}`);
}

/** @throws EventError when the payload is empty or has another form; no list means that nothing is held */
export function decodeHeldVersions(data: Uint8Array | undefined): HeldVersions {
  const entries = listOf(data, 'resourceVersions');
  return new Map(entries.map((entry) => [textOf(entry, 'resourceID'), integerOf(entry, 'resourceVersion')]));
}

/** The payload of a status resync request. */
export function encodeHeldHashes(held: HeldHashes): Uint8Array {
  const statusHashes = [...held].map(([resourceID, statusHash]) => ({ resourceID, statusHash }));
  return Buffer.from(JSON.stringify({ statusHashes }));
}

/** @throws EventError when the payload is empty or has another form; no list means that nothing is held */
export function decodeHeldHashes(data: Uint8Array | undefined): HeldHashes {
  const entries = listOf(data, 'statusHashes');
  return new Map(entries.map((entry) => [textOf(entry, 'resourceID'), textOf(entry, 'statusHash')]));
}

/** Compares what there is with what the asker of a spec resync holds (cloudevents-grpc 7.1 steps 5 to 7). */
export function answerSpecResync<T extends Versioned>(present: readonly T[], held: HeldVersions): SpecAnswer<T> {
  const known = new Set(present.map(({ resourceId }) => resourceId));
  const isWanted = ({ resourceId, version, isDeleting }: T): boolean => {
    if (isDeleting) return true;
    if (version === undefined) return false;
    return version === 0n || version > (held.get(resourceId) ?? 0n);
  };
  const unknown = [...held].filter(([resourceId]) => !known.has(resourceId));
  return {
    changed: present.filter(isWanted),
    unknown: unknown.map(([resourceId, version]) => ({ resourceId, version })),
  };
}

/**
 * Objects whose status is to be sent to the asker of a status resync (cloudevents-grpc 7.2): all when it holds nothing, else those it holds
 * with another hash. What it does not name is about to be deleted by it.
 */
export function answerStatusResync<T extends { readonly resourceId: string; readonly statusHash: string }>(
  present: readonly T[],
  held: HeldHashes,
): readonly T[] {
  if (held.size === 0) return present;
  return present.filter(({ resourceId, statusHash }) => {
    const hash = held.get(resourceId);
    return hash !== undefined && hash !== statusHash;
  });
}

type Entry = Readonly<Record<string, unknown>>;

function listOf(data: Uint8Array | undefined, member: string): readonly Entry[] {
  if (data === undefined || data.length === 0) throw new EventError('the payload of the resync request is empty');
  const text = Buffer.from(data).toString('utf8');
  const list = (parseJsonObject(text, 'the payload of the resync request', { parse: parseExact }) as Entry)[member];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list) || !list.every(isEntry)) throw new EventError(`${member} is no list of objects`);
  return list;
}

function isEntry(entry: unknown): entry is Entry {
  return typeof entry === 'object' && entry !== null;
}

function textOf(entry: Entry, member: string): string {
  const value = entry[member];
  if (typeof value !== 'string' || value === '') throw new EventError(`${member} of a resync entry is no string`);
  return value;
}

function integerOf(entry: Entry, member: string): bigint {
  const value = entry[member];
  // Versions may be beyond what a JavaScript number holds.
  const text = isRawNumber(value) ? value.rawJSON : value;
  if ((typeof text === 'number' || typeof text === 'string') && /^-?\d+$/.test(String(text))) return BigInt(text);
  throw new EventError(`${member} of a resync entry is no integer`);
}
