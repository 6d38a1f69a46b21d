import { createPublicKey, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  type Extension,
  ExtendedKeyUsage,
  Extensions,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  type Name,
  SubjectKeyIdentifier,
  TBSCertificate,
  Validity as ValidityField,
  Version,
} from '@peculiar/asn1-x509';
import { alternativeNames, extension, type Hosts } from './alternative-names.ts';
import {
  generateKey,
  keyIdentifier,
  parsePrivateKey,
  publicKeyInfo,
  signAs,
  signatureAlgorithm,
  toArrayBuffer,
} from './key.ts';
import { encodePem } from './pem.ts';
import { readOrFail } from './pki-error.ts';
import { nameOf } from './subject.ts';
import type { Validity } from './validity.ts';

/** A certificate and its private key, both PEM: what `tls.crt` and `tls.key` hold. */
export interface KeyAndCertificate {
  readonly certificatePem: string;
  /** Secret. */
  readonly privateKeyPem: string;
}

/** A certificate that may sign others, and its key (EC or RSA). */
export type CertificateAuthority = KeyAndCertificate;

/** For which side of a TLS connection a certificate is good. */
export type CertificateUsage = 'server' | 'client';

/** What an issued certificate says. Times are cut to whole seconds, as X.509 knows no smaller ones. */
export interface CertificateTemplate extends Hosts, Validity {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly organizationalUnits?: readonly string[];
  /** At least one. */
  readonly usages: readonly [CertificateUsage, ...CertificateUsage[]];
}

/** A new root: a P-256 key and a self-signed certificate that may sign certificates, valid from `now` for `validityMs` milliseconds. */
export async function createCertificateAuthority(options: {
  readonly commonName: string;
  readonly validityMs: number;
  readonly now: Date;
}): Promise<CertificateAuthority> {
  const { commonName, validityMs, now } = options;
  const { privateKey, publicKey, privateKeyPem } = await generateKey();
  const name = nameOf({ commonName, organizations: [], organizationalUnits: [] });
  const certificatePem = signCertificate({
    issuer: { name, privateKey, publicKey },
    subject: name,
    publicKey,
    validity: { notBefore: now, notAfter: new Date(now.getTime() + validityMs) },
    extensions: [
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: true }), true),
      keyUsage(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign),
    ],
  });
  return { certificatePem, privateKeyPem };
}

/**
 * A certificate (PEM, without the chain) for somebody else's public key, such as that of a parsed request.
 *
 * @throws PkiError `unparsable` when the authority or an address cannot be read, `unsupported-key` when the authority cannot sign
 */
export function issueCertificate(
  authority: CertificateAuthority,
  template: CertificateTemplate & { readonly publicKey: KeyObject },
): string {
  return signCertificate({
    issuer: readAuthority(authority),
    subject: subjectName(template),
    publicKey: template.publicKey,
    validity: template,
    extensions: leafExtensions(template),
  });
}

/** A certificate of the authority for a fresh P-256 key. Throws as {@link issueCertificate} does. */
export async function issueKeyAndCertificate(
  authority: CertificateAuthority,
  template: CertificateTemplate,
): Promise<KeyAndCertificate> {
  const { publicKey, privateKeyPem } = await generateKey();
  return { certificatePem: issueCertificate(authority, { ...template, publicKey }), privateKeyPem };
}

/** A certificate that its own fresh P-256 key signed: for a server that nobody verifies, or whose client pins it. */
export async function createSelfSignedCertificate(template: CertificateTemplate): Promise<KeyAndCertificate> {
  const { privateKey, publicKey, privateKeyPem } = await generateKey();
  const name = subjectName(template);
  const certificatePem = signCertificate({
    issuer: { name, privateKey, publicKey },
    subject: name,
    publicKey,
    validity: template,
    extensions: leafExtensions(template),
  });
  return { certificatePem, privateKeyPem };
}

interface Issuer {
  readonly name: Name;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function readAuthority({ certificatePem, privateKeyPem }: CertificateAuthority): Issuer {
  const privateKey = parsePrivateKey(privateKeyPem);
  const name = readOrFail(
    'the certificate of the authority',
    // The issuer field of a certificate must repeat these bytes, whatever string types the authority's maker chose.
    () => AsnConvert.parse(new X509Certificate(certificatePem).raw, Certificate).tbsCertificate.subject,
  );
  return { name, privateKey, publicKey: createPublicKey(privateKey) };
}

const subjectName = ({ commonName, organizations = [], organizationalUnits = [] }: CertificateTemplate): Name =>
  nameOf({ commonName, organizations, organizationalUnits });

const PURPOSES: Readonly<Record<CertificateUsage, string>> = { server: id_kp_serverAuth, client: id_kp_clientAuth };

function leafExtensions(template: CertificateTemplate): readonly Extension[] {
  return [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    keyUsage(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage(template.usages.map((usage) => PURPOSES[usage]))),
    ...alternativeNames(template),
  ];
}

const keyUsage = (flags: number): Extension => extension(id_ce_keyUsage, new KeyUsage(flags), true);

function signCertificate(options: {
  readonly issuer: Issuer;
  readonly subject: Name;
  readonly publicKey: KeyObject;
  readonly validity: Validity;
  readonly extensions: readonly Extension[];
}): string {
  const { issuer, subject, publicKey, validity, extensions } = options;
  const signatureKind = signatureAlgorithm(issuer.privateKey);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: newSerialNumber(),
    signature: signatureKind,
    issuer: issuer.name,
    validity: new ValidityField(validity),
    subject,
    subjectPublicKeyInfo: publicKeyInfo(publicKey),
    // Two authorities of one name live side by side during a rotation; the key identifiers tell them apart.
    extensions: new Extensions([
      ...extensions,
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(publicKey))),
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdentifier(issuer.publicKey)) }),
      ),
    ]),
  });
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: signatureKind,
    signatureValue: signAs(issuer.privateKey, AsnConvert.serialize(tbsCertificate)),
  });
  return encodePem('CERTIFICATE', AsnConvert.serialize(certificate));
}

/** RFC 5280 4.1.2.2: positive, at most 20 octets, unguessable. */
function newSerialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return toArrayBuffer(bytes);
}
