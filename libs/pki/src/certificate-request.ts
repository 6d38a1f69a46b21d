import { createPublicKey, type KeyObject } from 'node:crypto';
import { CertificationRequest, CertificationRequestInfo, Attributes } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Attribute, Extensions } from '@peculiar/asn1-x509';
import { alternativeNames, dnsNamesOf } from './alternative-names.ts';
import { type KeyPair, publicKeyInfo, signAs, signatureAlgorithm } from './key.ts';
import { decodePem, encodePem } from './pem.ts';
import { PkiError, readOrFail } from './pki-error.ts';
import { nameOf, type Subject, subjectOf } from './subject.ts';

/** What a certificate is asked for. `key` stays with the asker; only its public half travels. */
export interface CertificateRequestOptions {
  readonly key: Pick<KeyPair, 'privateKey' | 'publicKey'>;
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly organizationalUnits?: readonly string[];
  readonly dnsNames?: readonly string[];
}

/** A request as its reader sees it. The signature is not checked: the API server did that when it stored the request. */
export interface CertificateRequest extends Subject {
  readonly dnsNames: readonly string[];
  readonly publicKey: KeyObject;
}

const PEM_TYPE = 'CERTIFICATE REQUEST';
const BEGIN = '-----BEGIN';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';

/**
 * A PKCS 10 request (RFC 2986) as PEM, for `spec.request` of a CertificateSigningRequest (base64 it once more there).
 *
 * @throws PkiError `unsupported-key`
 */
export function createCertificateRequest(options: CertificateRequestOptions): string {
  const { key, commonName, organizations, organizationalUnits = [], dnsNames = [] } = options;
  const extensions = alternativeNames({ dnsNames });
  const asked = new Attribute({
    type: EXTENSION_REQUEST,
    values: [AsnConvert.serialize(new Extensions([...extensions]))],
  });
  const certificationRequestInfo = new CertificationRequestInfo({
    subject: nameOf({ commonName, organizations, organizationalUnits }),
    subjectPKInfo: publicKeyInfo(key.publicKey),
    attributes: new Attributes(extensions.length === 0 ? [] : [asked]),
  });
  const request = new CertificationRequest({
    certificationRequestInfo,
    signatureAlgorithm: signatureAlgorithm(key.privateKey),
    signature: signAs(key.privateKey, AsnConvert.serialize(certificationRequestInfo)),
  });
  return encodePem(PEM_TYPE, AsnConvert.serialize(request));
}

/**
 * Reads the one PEM block of a text, which must be a `CERTIFICATE REQUEST` (registration 7). A text with more than one is not taken: somebody who
 * reads PEM a little differently, as the signer may, could see another request in it than the one that is judged here.
 *
 * @throws PkiError `wrong-pem-type` when there is no block or it is another one, `unparsable` when it cannot be read or is not the only one
 */
export function parseCertificateRequest(pem: string): CertificateRequest {
  const [block] = decodePem(pem);
  if (block?.type !== PEM_TYPE) {
    const found = block === undefined ? 'no PEM block' : `a PEM block "${block.type}"`;
    throw new PkiError(`found ${found} where "${PEM_TYPE}" was expected`, { code: 'wrong-pem-type' });
  }
  if (pem.indexOf(BEGIN) !== pem.lastIndexOf(BEGIN)) {
    throw new PkiError(`there is another PEM block beside the "${PEM_TYPE}"`, { code: 'unparsable' });
  }
  return readOrFail('the certificate request', () => {
    const { subject, subjectPKInfo, attributes } = AsnConvert.parse(
      block.der,
      CertificationRequest,
    ).certificationRequestInfo;
    return {
      ...subjectOf(subject),
      dnsNames: dnsNamesOf(askedExtensions(attributes)),
      publicKey: createPublicKey({
        key: Buffer.from(AsnConvert.serialize(subjectPKInfo)),
        format: 'der',
        type: 'spki',
      }),
    };
  });
}

/** RFC 2986 has the attributes mandatory, openssl and others leave an empty set out. */
function askedExtensions(attributes: Attributes | undefined): Extensions {
  const values = attributes?.find(({ type }) => type === EXTENSION_REQUEST)?.values ?? [];
  return new Extensions(values.flatMap((value) => [...AsnConvert.parse(value, Extensions)]));
}
