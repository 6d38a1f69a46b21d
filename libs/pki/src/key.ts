import { createHash, createPrivateKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { AsnConvert } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, SubjectPublicKeyInfo } from '@peculiar/asn1-x509';
import { PkiError, readOrFail } from './pki-error.ts';

/** A key pair. `privateKeyPem` is secret: it belongs in a file of mode 0600 or in a Secret, never in a log. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** SEC 1 (`EC PRIVATE KEY`, RFC 5915): read by Go's `tls.X509KeyPair`, Node's `tls` and openssl alike. */
  readonly privateKeyPem: string;
}

const generate = promisify(generateKeyPair);

/** A new ECDSA P-256 key pair (registration 6.3). */
export async function generateKey(): Promise<KeyPair> {
  const { privateKey, publicKey } = await generate('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey, privateKeyPem: privateKey.export({ type: 'sec1', format: 'pem' }).toString() };
}

/**
 * The private key in a PEM text (SEC 1, PKCS 1 or PKCS 8, not encrypted).
 *
 * @throws PkiError `unparsable`
 */
export function parsePrivateKey(pem: string): KeyObject {
  return readOrFail('the private key', () => createPrivateKey(pem));
}

/** Algorithm and signature over `data`, as X.509 wants them: ECDSA or RSA PKCS 1 v1.5, with SHA-256. */
export function signAs(key: KeyObject, data: ArrayBuffer): ArrayBuffer {
  return toArrayBuffer(sign('sha256', Buffer.from(data), key));
}

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';

/**
 * The algorithm that {@link signAs} uses with this key.
 *
 * @throws PkiError `unsupported-key`
 */
export function signatureAlgorithm(key: KeyObject): AlgorithmIdentifier {
  if (key.asymmetricKeyType === 'ec') return new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  // RFC 4055: RSA carries an explicit NULL.
  if (key.asymmetricKeyType === 'rsa') return new AlgorithmIdentifier({ algorithm: SHA256_WITH_RSA, parameters: null });
  throw new PkiError(`a key of kind "${key.asymmetricKeyType ?? 'secret'}" cannot sign; allowed: ec, rsa`, {
    code: 'unsupported-key',
  });
}

/** The SubjectPublicKeyInfo of a public key. */
export function publicKeyInfo(publicKey: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo);
}

/** RFC 5280 4.2.1.2 method 1: SHA-1 over the bits of the public key. It names a key, it secures nothing. */
export function keyIdentifier(publicKey: KeyObject): ArrayBuffer {
  const bits = Buffer.from(publicKeyInfo(publicKey).subjectPublicKey);
  return toArrayBuffer(createHash('sha1').update(bits).digest());
}

/** A copy in a buffer of its own: node hands out views into shared pools. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
