import { getCiphers } from 'node:tls';
import { expect, test } from '@jest/globals';
import { complainAboutCiphers, tlsSettings } from './tls-settings.ts';

const TLS13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

test.each([
  { version: undefined, suites: [], want: { minVersion: 'TLSv1.2' } },
  { version: 'VersionTLS10', suites: [], want: { minVersion: 'TLSv1.2' } },
  { version: 'VersionTLS12', suites: [], want: { minVersion: 'TLSv1.2' } },
  { version: 'VersionTLS13', suites: [], want: { minVersion: 'TLSv1.3' } },
  { version: 'VersionTLS13', suites: ['TLS_RSA_WITH_AES_128_CBC_SHA'], want: { minVersion: 'TLSv1.3' } },
  {
    version: undefined,
    suites: ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256', 'TLS_RSA_WITH_RC4_128_SHA'],
    want: { minVersion: 'TLSv1.2', ciphers: `${TLS13}:ECDHE-RSA-AES256-GCM-SHA384` },
  },
  { version: undefined, suites: ['TLS_AES_128_GCM_SHA256'], want: { minVersion: 'TLSv1.2', ciphers: TLS13 } },
])('$version $suites -> $want', ({ version, suites, want }) => {
  expect(tlsSettings(version, suites)).toEqual(want);
});

test.each(['VersionTLS14', 'TLSv1.2', ''])('the version "%s" is refused', (version) => {
  expect(() => tlsSettings(version, [])).toThrow(expect.objectContaining({ name: 'ConfigError' }));
});

test('unknown cipher suites are named, and what would be known', () => {
  expect(() => tlsSettings(undefined, ['ECDHE-RSA-AES128-SHA', 'toString'])).toThrow(
    /ECDHE-RSA-AES128-SHA, toString is none \(known: TLS_AES_128_GCM_SHA256, /,
  );
  expect(complainAboutCiphers(['TLS_RSA_WITH_3DES_EDE_CBC_SHA'])).toContain('not obsolete');
});

test('every known suite exists in this runtime', () => {
  const known = /known: (.*)\)/.exec(complainAboutCiphers(['x']) ?? '')?.[1]?.split(', ') ?? [];
  expect(known.length).toBeGreaterThan(15);
  const { ciphers = '' } = tlsSettings(undefined, known);
  for (const name of ciphers.split(':')) expect(getCiphers()).toContain(name.toLowerCase());
});
