import { familyBits, formatIp, type IpAddress, parseIp, sharesPrefix } from './ip-address.ts';

/** A network in CIDR notation; the address may have bits behind the prefix. */
export interface IpNetwork {
  readonly address: IpAddress;
  readonly prefixLength: number;
}

/** Reads `address/length`; undefined when it is no network. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const slash = text.lastIndexOf('/');
  const length = text.slice(slash + 1);
  const address = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  if (!address || !/^(?:0|[1-9][0-9]{0,2})$/.test(length) || Number(length) > familyBits(address)) return undefined;
  return { address, prefixLength: Number(length) };
}

export function formatNetwork({ address, prefixLength }: IpNetwork): string {
  return `${formatIp(address)}/${prefixLength}`;
}

export function contains({ address, prefixLength }: IpNetwork, other: IpAddress): boolean {
  return sharesPrefix(address, other, prefixLength);
}

/** The network with all bits behind its prefix zero. */
export function masked({ address, prefixLength }: IpNetwork): IpNetwork {
  const rest = BigInt(familyBits(address) - prefixLength);
  return { address: { family: address.family, bits: (address.bits >> rest) << rest }, prefixLength };
}
