import { traversal } from '../plan/meter.ts';
import { BOOL, INT, opaque, STRING } from '../types/type.ts';
import { CelError, CelOpaque } from '../values/value.ts';
import {
  familyBits,
  formatIp,
  type IpAddress,
  isGlobalUnicast,
  isLinkLocalMulticast,
  isLinkLocalUnicast,
  isLoopback,
  isUnspecified,
  parseIp,
} from '../network/ip-address.ts';
import { global, member } from './define.ts';
import type { FunctionDeclaration, Library } from './library.ts';

export const IP_TYPE = opaque('net.IP');

export class IpValue extends CelOpaque {
  readonly typeName = IP_TYPE.name;
  readonly address: IpAddress;
  override readonly size: number;
  constructor(address: IpAddress) {
    super();
    this.address = address;
    this.size = familyBits(address) / 8;
  }
  equals(other: CelOpaque): boolean {
    return other instanceof IpValue && formatIp(other.address) === formatIp(this.address);
  }
}

/** The address, or why the text is none. */
export function toIp(text: string): IpValue | CelError {
  const address = parseIp(text);
  if (address) return new IpValue(address);
  return new CelError(
    `"${text.slice(0, 64)}" is not an IP address; a zone, leading zeros and IPv4 in IPv6 form are not allowed`,
  );
}

function isCanonical(text: string): boolean | CelError {
  const ip = toIp(text);
  return ip instanceof CelError ? ip : formatIp(ip.address) === text;
}

const is = (name: string, test: (address: IpAddress) => boolean): FunctionDeclaration => ({
  name,
  overloads: [member<[IpValue]>({ parameters: [IP_TYPE], result: BOOL, call: ([{ address }]) => test(address) })],
});
const cost = ([text]: readonly [string]): number => traversal(text.length);

/** Kubernetes functions on IP addresses. */
export const ipLibrary: Library = {
  types: [IP_TYPE],
  functions: [
    {
      name: 'ip',
      overloads: [global<[string]>({ parameters: [STRING], result: IP_TYPE, cost, call: ([text]) => toIp(text) })],
    },
    {
      name: 'isIP',
      overloads: [
        global<[string]>({ parameters: [STRING], result: BOOL, cost, call: ([text]) => parseIp(text) !== undefined }),
      ],
    },
    {
      name: 'ip.isCanonical',
      overloads: [
        global<[string]>({
          parameters: [STRING],
          result: BOOL,
          cost: ([text]) => traversal(text.length * 2),
          call: ([text]) => isCanonical(text),
        }),
      ],
    },
    {
      name: 'family',
      overloads: [
        member<[IpValue]>({ parameters: [IP_TYPE], result: INT, call: ([{ address }]) => BigInt(address.family) }),
      ],
    },
    is('isUnspecified', isUnspecified),
    is('isLoopback', isLoopback),
    is('isLinkLocalMulticast', isLinkLocalMulticast),
    is('isLinkLocalUnicast', isLinkLocalUnicast),
    is('isGlobalUnicast', isGlobalUnicast),
    {
      name: 'string',
      overloads: [
        global<[IpValue]>({ parameters: [IP_TYPE], result: STRING, call: ([{ address }]) => formatIp(address) }),
      ],
    },
  ],
};
