import { X509Certificate } from 'node:crypto';
import { parsePrivateKey } from './key.ts';
import { decodePem } from './pem.ts';
import { PkiError, readOrFail } from './pki-error.ts';
import type { Subject } from './subject.ts';

/** A certificate as the decisions about rotation and identity need it. */
export interface Certificate {
  readonly subject: Subject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DER. */
  readonly raw: Uint8Array;
}

/**
 * The certificates of a PEM chain in order, the leaf first by convention. Blocks of other types (a key, for example) are passed over.
 *
 * @throws PkiError `wrong-pem-type` when there is no `CERTIFICATE` block, `unparsable` when one of them cannot be read
 */
export function parseCertificates(pemChain: string): readonly Certificate[] {
  return readX509(pemChain).map((certificate) => ({
    subject: subjectOfX509(certificate),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    raw: certificate.raw,
  }));
}

/**
 * Whether the private key belongs to the first certificate of the chain, the one that a TLS peer would show.
 *
 * @throws PkiError `wrong-pem-type` or `unparsable` when either text cannot be read
 */
export function certificateMatchesKey(chainPem: string, keyPem: string): boolean {
  const [leaf] = readX509(chainPem);
  return leaf?.checkPrivateKey(parsePrivateKey(keyPem)) ?? false;
}

function readX509(pemChain: string): readonly X509Certificate[] {
  const blocks = decodePem(pemChain).filter(({ type }) => type === 'CERTIFICATE');
  if (blocks.length === 0) {
    throw new PkiError('found no PEM block "CERTIFICATE"', { code: 'wrong-pem-type' });
  }
  return blocks.map(({ der }, index) =>
    readOrFail(`certificate ${index + 1} of ${blocks.length}`, () => new X509Certificate(der)),
  );
}

// node:crypto is loaded for TLS anyway, so reading certificates, the steady work of an agent, needs no ASN.1 library.
function subjectOfX509(certificate: X509Certificate): Subject {
  // The typings promise one string per attribute; node hands out a list where the name repeats it, and null for no name.
  const subject: Partial<Record<string, string | readonly string[]>> = { ...certificate.toLegacyObject().subject };
  const values = (attribute: string): readonly string[] => [subject[attribute] ?? []].flat();
  return {
    commonName: values('CN').at(-1) ?? '',
    organizations: values('O'),
    organizationalUnits: values('OU'),
  };
}
