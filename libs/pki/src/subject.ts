import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from '@peculiar/asn1-x509';
import { PkiError } from './pki-error.ts';

/** The parts of an X.500 name that Kubernetes reads: user name, groups, and organizational units. */
export interface Subject {
  /** Empty when the name has none; the last one when it has several, as Go and so the API server read it. */
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly organizationalUnits: readonly string[];
}

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const ORGANIZATIONAL_UNIT = '2.5.4.11';

/** Types of strings that Go reads in a name. */
const STRINGS = ['utf8String', 'printableString', 'ia5String', 'teletexString', 'bmpString'] as const;

/**
 * Reads a decoded name. Attributes of other types are passed over; the order of values is kept.
 *
 * @throws PkiError `unparsable` when one of the three is not a string that Go reads. Go passes over such a value without a word: behind the
 * name that the signer will see, it could show another one here.
 */
export function subjectOf(name: Name): Subject {
  const values = (type: string): string[] =>
    [...name]
      .flatMap((part) => [...part])
      .filter((attribute) => attribute.type === type)
      .map(({ value }) => textOf(value, type));
  return {
    commonName: values(COMMON_NAME).at(-1) ?? '',
    organizations: values(ORGANIZATION),
    organizationalUnits: values(ORGANIZATIONAL_UNIT),
  };
}

function textOf(value: AttributeValue, type: string): string {
  const text = STRINGS.map((kind) => value[kind]).find((found) => found !== undefined);
  if (text !== undefined) return text;
  throw new PkiError(`attribute ${type} of the name is not a string that the API server reads`, { code: 'unparsable' });
}

/** The name that {@link subjectOf} reads back: one attribute per part, all UTF-8, in the order O, OU, CN. */
export function nameOf({ commonName, organizations, organizationalUnits }: Subject): Name {
  const attributes: readonly (readonly [string, string])[] = [
    ...organizations.map((value) => [ORGANIZATION, value] as const),
    ...organizationalUnits.map((value) => [ORGANIZATIONAL_UNIT, value] as const),
    ...(commonName === '' ? [] : [[COMMON_NAME, commonName] as const]),
  ];
  return new Name(
    attributes.map(
      ([type, utf8String]) =>
        new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String }) })]),
    ),
  );
}
