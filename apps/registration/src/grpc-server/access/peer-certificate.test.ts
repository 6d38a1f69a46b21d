import type { PeerCertificate } from 'node:tls';
import { expect, test } from '@jest/globals';
import { readPeerCertificate } from './peer-certificate.ts';

const certificate = (subject: object): PeerCertificate =>
  ({ subject, valid_to: 'Jan  2 03:04:05 2027 GMT' }) as unknown as PeerCertificate;

test.each([
  [
    { CN: 'ann', O: 'one' },
    { user: 'ann', groups: ['one'] },
  ],
  [
    { CN: 'ann', O: ['one', 'two'] },
    { user: 'ann', groups: ['one', 'two'] },
  ],
  [{ CN: ['first', 'last'] }, { user: 'last', groups: [] }],
  [{}, { user: '', groups: [] }],
  [null as unknown as object, { user: '', groups: [] }],
])('subject %j is caller %j', (subject, caller) => {
  expect(readPeerCertificate(certificate(subject))).toEqual({
    caller,
    notAfterMs: Date.parse('2027-01-02T03:04:05Z'),
  });
});
