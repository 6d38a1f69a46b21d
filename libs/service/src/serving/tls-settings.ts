import { ConfigError } from '../config-error.ts';

/** What a TLS server is told about versions and ciphers, in Node's words. */
export interface TlsSettings {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** An OpenSSL cipher list; absent means Node's own. */
  readonly ciphers?: string;
}

/** Names of `--tls-min-version` on 8443; older versions are not served at all. */
export const tlsVersions = ['VersionTLS12', 'VersionTLS13'] as const;

/** Names that webhook servers accept in `--tls-min-version` (registration 25); below 1.2 they serve 1.2. */
export const webhookTlsVersions = ['VersionTLS10', 'VersionTLS11', ...tlsVersions] as const;

/** TLS 1.3 has only these; they cannot be switched off by a list of names, as in Go. */
const TLS13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'] as const;

// IANA name -> OpenSSL name, for the suites that Go knows. Empty: the runtime has dropped the algorithm.
const SUITES: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: 'ECDHE-ECDSA-AES128-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: 'ECDHE-RSA-AES128-SHA256',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
  TLS_RSA_WITH_AES_128_CBC_SHA256: 'AES128-SHA256',
  TLS_RSA_WITH_3DES_EDE_CBC_SHA: '',
  TLS_RSA_WITH_RC4_128_SHA: '',
  TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA: '',
  TLS_ECDHE_RSA_WITH_RC4_128_SHA: '',
  TLS_ECDHE_ECDSA_WITH_RC4_128_SHA: '',
};

/** What is wrong with a list of IANA cipher names, or `undefined`: for the check of a flag. */
export function complainAboutCiphers(names: readonly string[]): string | undefined {
  const unknown = names.filter((name) => !isTls13(name) && !Object.hasOwn(SUITES, name));
  if (unknown.length > 0) {
    const known = [...TLS13, ...Object.keys(SUITES).filter((name) => SUITES[name] !== '')];
    return `must hold IANA names of cipher suites, of which ${unknown.join(', ')} is none (known: ${known.join(', ')})`;
  }
  const usable = names.some((name) => isTls13(name) || SUITES[name] !== '');
  return names.length === 0 || usable ? undefined : 'must hold at least one suite that is not obsolete';
}

/**
 * Version and ciphers for a server (operator 8). With 1.3 the list has no effect, as that version's suites are fixed.
 *
 * @param minVersion one of {@link webhookTlsVersions}; absent means `VersionTLS12`
 * @param cipherSuites IANA names; empty means the runtime's own choice
 * @throws ConfigError when a name is not known
 */
export function tlsSettings(minVersion: string | undefined, cipherSuites: readonly string[]): TlsSettings {
  const complaint = complainAboutCiphers(cipherSuites);
  if (complaint !== undefined) throw new ConfigError([`the TLS cipher suites ${complaint}`]);
  if (minVersion !== undefined && !webhookTlsVersions.some((known) => known === minVersion)) {
    throw new ConfigError([`the TLS version must be one of ${webhookTlsVersions.join(', ')}, got "${minVersion}"`]);
  }
  if (minVersion === 'VersionTLS13') return { minVersion: 'TLSv1.3' };
  const names = cipherSuites.map((name) => SUITES[name] ?? '').filter((name) => name !== '');
  if (cipherSuites.length === 0) return { minVersion: 'TLSv1.2' };
  return { minVersion: 'TLSv1.2', ciphers: [...TLS13, ...new Set(names)].join(':') };
}

function isTls13(name: string): boolean {
  return TLS13.some((suite) => suite === name);
}
