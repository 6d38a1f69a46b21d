/** An IP address. Version 4 addresses that are written as version 6 ones do not occur. */
export interface IpAddress {
  readonly family: 4 | 6;
  /** Of 32 or 128 bits. */
  readonly bits: bigint;
}

export const familyBits = ({ family }: IpAddress): 32 | 128 => (family === 4 ? 32 : 128);

/** The longest text of an address, with some room. */
const MAX_TEXT = 64;

/** Reads an address; undefined when it is none, has a zone, has leading zeros in a decimal part, or is a version 4 one in version 6 form. */
export function parseIp(text: string): IpAddress | undefined {
  if (text.length > MAX_TEXT) return undefined;
  if (!text.includes(':')) return parseIpv4(text);
  const bits = parseIpv6(text);
  return bits === undefined || bits >> 32n === 0xffffn ? undefined : { family: 6, bits };
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return { family: 4, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) };
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [parseGroups(halves[0] ?? '', halves.length === 1), parseGroups(halves[1] ?? '', true)];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array<bigint>(missing).fill(0n), ...tail].reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** @param last whether they end the address, where a version 4 address may stand for two */
function parseGroups(text: string, last: boolean): readonly bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const embedded = last && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (embedded) groups.push(embedded.bits >> 16n, embedded.bits & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

/** The canonical form: lower case, and the first longest run of two or more zero groups left out. */
export function formatIp({ family, bits }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 0xffn)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const { start, length } = longestZeros(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

function longestZeros(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  let run = 0;
  for (const [index, group] of groups.entries()) {
    run = group === '0' ? run + 1 : 0;
    if (run > longest.length) longest = { start: index - run + 1, length: run };
  }
  return longest;
}

/** Whether the first bits of an address are those of another one of its family. */
export function sharesPrefix(one: IpAddress, other: IpAddress, length: number): boolean {
  const rest = BigInt(familyBits(one) - length);
  return one.family === other.family && one.bits >> rest === other.bits >> rest;
}

const v4 = (bits: bigint): IpAddress => ({ family: 4, bits });
const v6 = (bits: bigint): IpAddress => ({ family: 6, bits });
const isOneOf = (address: IpAddress, blocks: readonly (readonly [IpAddress, number])[]): boolean =>
  blocks.some(([block, length]) => block.family === address.family && sharesPrefix(address, block, length));

export const isUnspecified = ({ bits }: IpAddress): boolean => bits === 0n;
export const isLoopback = (address: IpAddress): boolean =>
  isOneOf(address, [
    [v4(0x7f_00_00_00n), 8],
    [v6(1n), 128],
  ]);
export const isLinkLocalUnicast = (address: IpAddress): boolean =>
  isOneOf(address, [
    [v4(0xa9_fe_00_00n), 16],
    [v6(0xfe80n << 112n), 10],
  ]);
/** `224.0.0.0/24` and `ff?2::/16`, whatever the flags of the latter. */
export const isLinkLocalMulticast = (address: IpAddress): boolean =>
  address.family === 4
    ? isOneOf(address, [[v4(0xe0_00_00_00n), 24]])
    : isOneOf(v6(address.bits & ~(0xf0n << 112n)), [[v6(0xff02n << 112n), 16]]);

/** Anything but broadcast, unspecified, loopback, multicast and link-local addresses; private ones too. */
export function isGlobalUnicast(address: IpAddress): boolean {
  const isMulticast = isOneOf(address, [
    [v4(0xe0_00_00_00n), 4],
    [v6(0xffn << 120n), 8],
  ]);
  const isBroadcast = address.family === 4 && address.bits === 0xff_ff_ff_ffn;
  return !(isBroadcast || isMulticast || isUnspecified(address) || isLoopback(address) || isLinkLocalUnicast(address));
}
