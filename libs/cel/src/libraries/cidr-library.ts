import { traversal } from '../plan/meter.ts';
import { BOOL, INT, opaque, STRING, type Type } from '../types/type.ts';
import { CelError, CelOpaque, type CelResult, type CelValue } from '../values/value.ts';
import { contains, formatNetwork, type IpNetwork, masked, parseNetwork } from '../network/ip-network.ts';
import { global, member } from './define.ts';
import { IP_TYPE, IpValue, toIp } from './ip-library.ts';
import type { FunctionDeclaration, Library, Overload } from './library.ts';
import { sizeOf } from './size.ts';

const CIDR_TYPE = opaque('net.CIDR');

class CidrValue extends CelOpaque {
  readonly typeName = CIDR_TYPE.name;
  readonly network: IpNetwork;
  override readonly size: number;
  constructor(network: IpNetwork) {
    super();
    this.network = network;
    this.size = Math.ceil(network.prefixLength / 8);
  }
  equals(other: CelOpaque): boolean {
    return other instanceof CidrValue && formatNetwork(other.network) === formatNetwork(this.network);
  }
}

function toCidr(text: string): CidrValue | CelError {
  const network = parseNetwork(text);
  if (network) return new CidrValue(network);
  return new CelError(`"${text.slice(0, 70)}" is not a network: an IP address, "/" and the length of its prefix`);
}

function containsIp({ network }: CidrValue, ip: IpValue | CelError): CelResult {
  return ip instanceof CelError ? ip : contains(network, ip.address);
}

function containsCidr({ network }: CidrValue, other: CidrValue | CelError): CelResult {
  if (other instanceof CelError) return other;
  return network.prefixLength <= other.network.prefixLength && contains(network, other.network.address);
}

/** Costs what Kubernetes reckons: both prefixes are gone through, and a text besides. */
const containing = (
  other: Type,
  { extra, call }: { extra: (size: number) => number; call: (cidr: CidrValue, other: never) => CelResult },
): Overload =>
  member<[CidrValue, CelValue]>({
    parameters: [CIDR_TYPE, other],
    result: BOOL,
    cost: ([{ size }, value]) => traversal(size * 2) + extra(size) + (other === STRING ? traversal(sizeOf(value)) : 0),
    call: ([cidr, value]) => call(cidr, value as never),
  });

const accessor = (name: string, result: Type, read: (network: IpNetwork) => CelResult): FunctionDeclaration => ({
  name,
  overloads: [member<[CidrValue]>({ parameters: [CIDR_TYPE], result, call: ([{ network }]) => read(network) })],
});
const cost = ([text]: readonly [string]): number => traversal(text.length);
const ipCost = { extra: () => 0 };
const cidrCost = { extra: (size: number) => traversal(size) + 1 };

/** Kubernetes functions on networks in CIDR notation. */
export const cidrLibrary: Library = {
  types: [CIDR_TYPE],
  functions: [
    {
      name: 'cidr',
      overloads: [global<[string]>({ parameters: [STRING], result: CIDR_TYPE, cost, call: ([text]) => toCidr(text) })],
    },
    {
      name: 'isCIDR',
      overloads: [
        global<[string]>({
          parameters: [STRING],
          result: BOOL,
          cost,
          call: ([text]) => parseNetwork(text) !== undefined,
        }),
      ],
    },
    {
      name: 'containsIP',
      overloads: [
        containing(STRING, { ...ipCost, call: (cidr, text: string) => containsIp(cidr, toIp(text)) }),
        containing(IP_TYPE, { ...ipCost, call: containsIp }),
      ],
    },
    {
      name: 'containsCIDR',
      overloads: [
        containing(STRING, { ...cidrCost, call: (cidr, text: string) => containsCidr(cidr, toCidr(text)) }),
        containing(CIDR_TYPE, { ...cidrCost, call: containsCidr }),
      ],
    },
    accessor('ip', IP_TYPE, ({ address }) => new IpValue(address)),
    accessor('masked', CIDR_TYPE, (network) => new CidrValue(masked(network))),
    accessor('prefixLength', INT, ({ prefixLength }) => BigInt(prefixLength)),
    {
      name: 'string',
      overloads: [
        global<[CidrValue]>({
          parameters: [CIDR_TYPE],
          result: STRING,
          call: ([{ network }]) => formatNetwork(network),
        }),
      ],
    },
  ],
};
