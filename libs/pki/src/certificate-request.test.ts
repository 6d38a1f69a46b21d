import { generateKeyPairSync } from 'node:crypto';
import { CertificationRequest } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from '@peculiar/asn1-x509';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createCertificateRequest, parseCertificateRequest } from './certificate-request.ts';
import { generateKey } from './key.ts';
import { decodePem, encodePem } from './pem.ts';

// Made by openssl: one part with two organizations, two common names, UTF-8, an address among the alternative names.
const FOREIGN = `-----BEGIN CERTIFICATE REQUEST-----
MIIBSjCB8QIBADBTMSAwDgYDVQQKDAdncm91cC1hMA4GA1UECgwHZ3JvdXAtYjEN
MAsGA1UECwwEdW5pdDEOMAwGA1UEAwwFZmlyc3QxEDAOBgNVBAMMB3VzZXI6w7ww
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASKBOeiyg0H8wDadJx9pk4ZjlltAaX7
fl4Otv3/mtb3X9PlCeweUZyjDJY2EboKlF4bEWGD3m4AmgsU9vpCbKSUoDwwOgYJ
KoZIhvcNAQkOMS0wKzApBgNVHREEIjAgggtvbmUuZXhhbXBsZYcECgAAAYILdHdv
LmV4YW1wbGUwCgYIKoZIzj0EAwIDSAAwRQIhANQUzjy5IitKi6igRF9OdEyPGayg
xzyLuaS5MGsmY6FoAiAW6TaJyv/gHlo7X2fdguAGXxXHmRPpW7hNALWSZhh79w==
-----END CERTIFICATE REQUEST-----
`;

const key = await generateKey();

describe('createCertificateRequest', () => {
  const text = fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }).filter((value) => !value.includes('\0'));
  const dnsName = fc.domain();

  test('what is asked for is what a reader finds', () => {
    fc.assert(
      fc.property(
        fc.record({
          commonName: text,
          organizations: fc.array(text, { maxLength: 4 }),
          organizationalUnits: fc.array(text, { maxLength: 2 }),
          dnsNames: fc.array(dnsName, { maxLength: 3 }),
        }),
        (asked) => {
          const { publicKey, ...found } = parseCertificateRequest(createCertificateRequest({ key, ...asked }));
          expect(found).toEqual(asked);
          expect(publicKey.equals(key.publicKey)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('an RSA key signs too, another kind is refused', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = createCertificateRequest({ key: rsa, commonName: 'a', organizations: [] });
    expect(parseCertificateRequest(pem).publicKey.asymmetricKeyType).toBe('rsa');
    const ed25519 = generateKeyPairSync('ed25519');
    expect(() => createCertificateRequest({ key: ed25519, commonName: 'a', organizations: [] })).toThrow(
      expect.objectContaining({ code: 'unsupported-key', message: expect.stringContaining('ed25519') }),
    );
  });
});

/** A request with these common names, in this order. Nobody has signed it. */
function requestNamed(commonNames: readonly Partial<AttributeValue>[]): string {
  const request = AsnConvert.parse(decodePem(FOREIGN)[0]?.der ?? Buffer.alloc(0), CertificationRequest);
  request.certificationRequestInfo.subject = new Name(
    commonNames.map((value) => {
      const attribute = new AttributeTypeAndValue({ type: '2.5.4.3', value: new AttributeValue(value) });
      return new RelativeDistinguishedName([attribute]);
    }),
  );
  return encodePem('CERTIFICATE REQUEST', AsnConvert.serialize(request));
}

describe('parseCertificateRequest', () => {
  test('reads a foreign request: parts with several values, the last common name, UTF-8', () => {
    expect(parseCertificateRequest(FOREIGN)).toMatchObject({
      commonName: 'user:ü',
      organizations: ['group-a', 'group-b'],
      organizationalUnits: ['unit'],
      dnsNames: ['one.example', 'two.example'],
    });
  });

  test('text around the block and CRLF line ends do not matter', () => {
    const dressed = `subject=somebody\r\n${FOREIGN.replaceAll('\n', '\r\n')}the end`;
    expect(parseCertificateRequest(dressed).commonName).toBe('user:ü');
  });

  const der = decodePem(FOREIGN)[0]?.der ?? Buffer.alloc(0);
  test.each([
    { what: 'nothing', pem: '', code: 'wrong-pem-type' },
    { what: 'a block of another type', pem: encodePem('CERTIFICATE', der), code: 'wrong-pem-type' },
    { what: 'the old label', pem: encodePem('NEW CERTIFICATE REQUEST', der), code: 'wrong-pem-type' },
    { what: 'another block first', pem: encodePem('X', der) + FOREIGN, code: 'wrong-pem-type' },
    { what: 'a second request behind it', pem: FOREIGN + encodePem('CERTIFICATE REQUEST', der), code: 'unparsable' },
    // Go's decoder does not see a block that does not begin its line, and would take the second.
    { what: 'a request that Go would pass over', pem: `x${FOREIGN}${FOREIGN}`, code: 'unparsable' },
    { what: 'no base64', pem: FOREIGN.replace('MIIB', '????'), code: 'unparsable' },
    { what: 'cut DER', pem: encodePem('CERTIFICATE REQUEST', der.subarray(0, 60)), code: 'unparsable' },
    { what: 'an empty block', pem: encodePem('CERTIFICATE REQUEST', Buffer.alloc(0)), code: 'unparsable' },
    {
      what: 'deep nesting',
      pem: encodePem('CERTIFICATE REQUEST', Buffer.alloc(60_000, '3080', 'hex')),
      code: 'unparsable',
    },
    { what: 'a text that is too long', pem: FOREIGN.padEnd(2_000_000), code: 'unparsable' },
  ])('$what is refused as $code', ({ pem, code }) => {
    expect(() => parseCertificateRequest(pem)).toThrow(expect.objectContaining({ name: 'PkiError', code }));
  });

  // Go passes over such values, and takes the first name for the common name.
  test.each([
    { what: 'a universal string', value: { universalString: 'mine' } },
    {
      what: 'a constructed string',
      value: { anyValue: Uint8Array.from([0x2c, 6, 0x0c, 4, ...Buffer.from('mine')]).buffer },
    },
    { what: 'an octet string', value: { anyValue: Uint8Array.from([0x04, 4, ...Buffer.from('mine')]).buffer } },
    { what: 'no universal type', value: { anyValue: Uint8Array.from([0x8c, 4, ...Buffer.from('mine')]).buffer } },
  ])('a second common name that is $what does not hide the first', ({ value }) => {
    const pem = requestNamed([{ utf8String: 'yours' }, value]);
    expect(() => parseCertificateRequest(pem)).toThrow(
      expect.objectContaining({ name: 'PkiError', code: 'unparsable' }),
    );
  });

  test.each(['utf8String', 'printableString', 'ia5String', 'teletexString', 'bmpString'])(
    'a common name that is %s is read, as Go does',
    (kind) => {
      const pem = requestNamed([{ utf8String: 'first' }, { [kind]: 'system:cluster:a' }]);
      expect(parseCertificateRequest(pem).commonName).toBe('system:cluster:a');
    },
  );

  test('arbitrary bytes are refused with a PkiError, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(der.length - 1), (noise, at) => {
        const damaged = Buffer.concat([der.subarray(0, at), noise, der.subarray(at + noise.length)]);
        try {
          parseCertificateRequest(encodePem('CERTIFICATE REQUEST', damaged));
        } catch (error) {
          expect(error).toMatchObject({ name: 'PkiError', code: 'unparsable' });
        }
      }),
    );
  });
});
