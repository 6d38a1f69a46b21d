import type { X509Certificate } from 'node:crypto';
import type { FullRequest } from '@ocm/service';
import { authenticated, type Caller } from './caller.ts';
import type { CertificateRules, FrontProxyRules } from './certificate-rules.ts';

/** Longest chain that is followed from a certificate to its authority. */
const LONGEST_CHAIN = 8;

/** What a client certificate says about the caller: nothing was shown, nobody was recognised, or who it is. */
export type Certified =
  { readonly kind: 'none' } | { readonly kind: 'unrecognised' } | { readonly kind: 'caller'; readonly caller: Caller };

/** The user of a client certificate, or the one whom a front proxy names. Certificates that TLS does not trust now count for nothing. */
export function certifiedCaller(
  { clientCertificate: shown, headers }: Pick<FullRequest, 'clientCertificate' | 'headers'>,
  { userAuthorities, frontProxy }: CertificateRules,
): Certified {
  if (shown === undefined) return { kind: 'none' };
  const { certificate, isTrusted } = shown;
  const caller = isTrusted
    ? (proxiedCaller(certificate, headers, frontProxy) ?? userOf(certificate, userAuthorities))
    : undefined;
  return caller === undefined ? { kind: 'unrecognised' } : { kind: 'caller', caller };
}

function proxiedCaller(
  certificate: X509Certificate,
  headers: FullRequest['headers'],
  rules: FrontProxyRules,
): Caller | undefined {
  const { CN = '' } = subjectOf(certificate);
  const isAllowed = rules.allowedNames.length === 0 || rules.allowedNames.some((name) => name === CN);
  if (!isAllowed || !isIssuedBy(certificate, rules.authorities)) return undefined;
  const first = (names: readonly string[]): string | undefined =>
    names.map((name) => headers[name]?.[0] ?? '').find((value) => value !== '');
  const uid = first(rules.uidHeaders);
  return authenticated({
    username: first(rules.usernameHeaders) ?? '',
    groups: rules.groupHeaders.flatMap((name) => headers[name] ?? []),
    extra: extraOf(headers, rules.extraPrefixes),
    ...(uid === undefined ? {} : { uid }),
  });
}

/** `X-Remote-Extra-Some%2FKey: a` is `{ "some/key": ["a"] }`. */
function extraOf(headers: FullRequest['headers'], prefixes: readonly string[]): Record<string, readonly string[]> {
  const extra = new Map<string, readonly string[]>();
  for (const [name, values = []] of Object.entries(headers)) {
    const prefix = prefixes.find((each) => name.startsWith(each));
    if (prefix === undefined) continue;
    const key = unescaped(name.slice(prefix.length)).toLowerCase();
    extra.set(key, [...(extra.get(key) ?? []), ...values]);
  }
  return Object.fromEntries(extra);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The common name is the user, the organizations are the groups. */
function userOf(certificate: X509Certificate, authorities: readonly X509Certificate[]): Caller | undefined {
  if (!isIssuedBy(certificate, authorities)) return undefined;
  const { CN = '', O = [] } = subjectOf(certificate);
  return authenticated({
    username: typeof CN === 'string' ? CN : (CN.at(-1) ?? ''),
    groups: typeof O === 'string' ? [O] : O,
  });
}

function subjectOf(certificate: X509Certificate): { readonly CN?: string | string[]; readonly O?: string | string[] } {
  return certificate.toLegacyObject().subject;
}

/** Which of the trusted authorities it is: TLS has checked the chain, its times and its purpose, but not whose it is. */
function isIssuedBy(certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  let current = certificate;
  for (let length = 0; length < LONGEST_CHAIN; length += 1) {
    const subject = current;
    const signs = (issuer: X509Certificate): boolean => subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
    if (authorities.some(signs)) return true;
    const issuer = current.issuerCertificate;
    if (issuer === undefined || issuer.fingerprint256 === current.fingerprint256 || !signs(issuer)) return false;
    current = issuer;
  }
  return false;
}
