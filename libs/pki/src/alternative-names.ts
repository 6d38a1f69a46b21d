import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { Extension, GeneralName, id_ce_subjectAltName, SubjectAlternativeName } from '@peculiar/asn1-x509';
import { PkiError } from './pki-error.ts';

/** The hosts a certificate speaks for. Both lists may be empty. */
export interface Hosts {
  readonly dnsNames?: readonly string[];
  /** IPv4 or IPv6 addresses in text form. */
  readonly ipAddresses?: readonly string[];
}

/**
 * The subjectAltName extension for these hosts, or nothing when there are none.
 *
 * @throws PkiError `unparsable` when an address is not an IP address
 */
export function alternativeNames({ dnsNames = [], ipAddresses = [] }: Hosts): readonly Extension[] {
  const bad = ipAddresses.find((address) => isIP(address) === 0);
  if (bad !== undefined) throw new PkiError(`"${bad}" is not an IP address`, { code: 'unparsable' });
  const names = [
    ...dnsNames.map((dNSName) => new GeneralName({ dNSName })),
    ...ipAddresses.map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  return names.length === 0 ? [] : [extension(id_ce_subjectAltName, new SubjectAlternativeName(names))];
}

/** The DNS names in a list of extensions, in order. */
export function dnsNamesOf(extensions: readonly Extension[]): readonly string[] {
  return [...extensions]
    .filter(({ extnID }) => extnID === id_ce_subjectAltName)
    .flatMap(({ extnValue }) => [...AsnConvert.parse(extnValue.buffer, SubjectAlternativeName)])
    .flatMap(({ dNSName }) => (dNSName === undefined ? [] : [dNSName]));
}

/** An extension around any value that the ASN.1 schemas know. */
export function extension(extnID: string, value: unknown, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}
