import { formatQuantity, type Quantity } from '@ocm/api';
import { formatIp, type IpAddress } from '../src/network/ip-address.ts';
import { formatNetwork, type IpNetwork } from '../src/network/ip-network.ts';
import { Duration, formatDuration } from '../src/values/duration.ts';
import { CelList } from '../src/values/list.ts';
import { CelMap } from '../src/values/map.ts';
import { formatTimestamp, Timestamp } from '../src/values/timestamp.ts';
import { CelBytes, CelOptional, CelTypeValue, CelUint, type CelValue, typeName } from '../src/values/value.ts';

/** A value as tests write it: `1`, `1u`, `1.0`, `"text"`, `b"00ff"`, `optional(1)`, `net.IP(10.0.0.1)`. */
export function shown(value: CelValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return shownDouble(value);
  if (value === null || typeof value !== 'object') return String(value);
  return SHOWN.map((show) => show(value)).find((text) => text !== undefined) ?? shownOpaque(value);
}

/** A double as tests write it: always with a point or an exponent. */
export const shownDouble = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e21 ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);

const SHOWN: readonly ((value: object & CelValue) => string | undefined)[] = [
  (value) => (value instanceof CelUint ? `${value.value}u` : undefined),
  (value) => (value instanceof CelBytes ? `b"${Buffer.from(value.bytes).toString('hex')}"` : undefined),
  (value) => (value instanceof CelList ? `[${Array.from(value, shown).join(', ')}]` : undefined),
  (value) => (value instanceof CelMap ? shownMap(value) : undefined),
  (value) => (value instanceof CelTypeValue ? `type(${value.name})` : undefined),
  (value) => (value instanceof Timestamp ? `timestamp(${formatTimestamp(value)})` : undefined),
  (value) => (value instanceof Duration ? `duration(${formatDuration(value)})` : undefined),
  (value) => (value instanceof CelOptional ? shownOptional(value) : undefined),
];

const shownOptional = ({ held }: CelOptional): string =>
  held === undefined ? 'optional.none' : `optional(${shown(held)})`;

function shownMap(map: CelMap): string {
  return `{${map
    .keys()
    .map((key) => `${shown(key)}: ${shown(map.get(key) ?? null)}`)
    .toSorted()
    .join(', ')}}`;
}

/** What the libraries keep inside of their values. */
interface Inside {
  readonly address?: IpAddress;
  readonly network?: IpNetwork;
  readonly quantity?: Quantity;
}

function shownOpaque(value: CelValue): string {
  const { address, network, quantity } = value as unknown as Inside;
  const inside =
    (address && formatIp(address)) ?? (network && formatNetwork(network)) ?? (quantity && formatQuantity(quantity));
  return `${typeName(value)}(${inside ?? ''})`;
}
