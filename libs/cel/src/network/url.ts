import { parseIp } from './ip-address.ts';

/** The parts of a URL by RFC 3986, read as strictly and as leniently as Kubernetes does, which is not the way of browsers. */
export interface ParsedUrl {
  /** In lower case; empty for an absolute path. */
  readonly scheme: string;
  readonly user: string;
  /** With port, unescaped; brackets around a version 6 address. */
  readonly host: string;
  /** Still escaped. */
  readonly path: string;
  /** Of a URL without slashes after the scheme, such as `mailto:`. */
  readonly opaque: string;
  readonly query: string;
  readonly fragment: string;
}

/** A URL, or why it is none. */
export type UrlParsing =
  { readonly kind: 'url'; readonly url: ParsedUrl } | { readonly kind: 'invalid'; readonly problem: string };

type Invalid = Extract<UrlParsing, { kind: 'invalid' }>;
const invalid = (problem: string): Invalid => ({ kind: 'invalid', problem });

/** Reads an absolute URL or an absolute path, with or without a fragment. */
export function parseUrl(text: string): UrlParsing {
  // The rule for a request, which knows no fragment: whatever stands behind "#" must fit where it stands.
  const request = parseWithoutFragment(text);
  const hash = text.indexOf('#');
  if (request.kind === 'invalid' || hash < 0) return request;
  const fragment = text.slice(hash + 1);
  const parsed = parseWithoutFragment(text.slice(0, hash));
  if (parsed.kind === 'invalid') return parsed;
  return badEscape(fragment) ?? { kind: 'url', url: { ...parsed.url, fragment } };
}

/** Whether a text is an absolute URL or an absolute path by the rule for requests, which looks less closely at a fragment. */
export const isUrl = (text: string): boolean => parseWithoutFragment(text).kind === 'url';

function parseWithoutFragment(text: string): UrlParsing {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f]/.test(text)) return invalid('invalid control character');
  if (text === '') return invalid('empty url');
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1] ?? '';
  if (text.startsWith(':')) return invalid('missing protocol scheme');
  const rest = scheme === '' ? text : text.slice(scheme.length + 1);
  const [hierarchy, query] = cut(rest, '?');
  const url = { scheme: scheme.toLowerCase(), user: '', host: '', path: '', opaque: '', query, fragment: '' };
  if (text === '*') return { kind: 'url', url: { ...url, path: '*' } };
  if (!hierarchy.startsWith('/'))
    return scheme === '' ? invalid('invalid URI for request') : { kind: 'url', url: { ...url, opaque: hierarchy } };
  return withPath(url, hierarchy);
}

/** @param hierarchy `//authority/path` or `/path` */
function withPath(url: ParsedUrl, hierarchy: string): UrlParsing {
  const hasAuthority = url.scheme !== '' && hierarchy.startsWith('//');
  const slash = hasAuthority ? hierarchy.indexOf('/', 2) : 0;
  const path = slash < 0 ? '' : hierarchy.slice(slash);
  const authority = hasAuthority
    ? parseAuthority(slash < 0 ? hierarchy.slice(2) : hierarchy.slice(2, slash))
    : NO_AUTHORITY;
  if (authority.kind === 'invalid') return authority;
  return badEscape(path) ?? { kind: 'url', url: { ...url, user: authority.user, host: authority.host, path } };
}

type Authority = { readonly kind: 'authority'; readonly user: string; readonly host: string };
const NO_AUTHORITY: Authority = { kind: 'authority', user: '', host: '' };

function parseAuthority(text: string): Authority | Invalid {
  const at = text.lastIndexOf('@');
  const user = text.slice(0, Math.max(at, 0));
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) || badEscape(user)) return invalid('invalid userinfo');
  const host = parseHost(text.slice(at + 1));
  return host === undefined ? invalid('invalid host or port') : { kind: 'authority', user, host };
}

function parseHost(text: string): string | undefined {
  if (text.startsWith('[')) return parseBracketed(text);
  const colon = text.lastIndexOf(':');
  if (text.includes('[') || (colon >= 0 && !isPort(text.slice(colon)))) return undefined;
  return unescapedHost(text);
}

/** `[address]`, `[address%25zone]`, each perhaps with a port. */
function parseBracketed(text: string): string | undefined {
  const [, inside = '', rest = ''] = /^\[([^[\]]*)\](.*)$/.exec(text) ?? [];
  const [address, zone] = cut(inside, '%25');
  const hasZone = inside.includes('%25');
  if (!isIpv6(address) || (hasZone && zone === '') || badEscape(zone) || !isPort(rest)) return undefined;
  return `[${address}${hasZone ? `%${unescaped(zone)}` : ''}]${rest}`;
}

/** Also a version 4 address in version 6 form. */
const isIpv6 = (text: string): boolean =>
  text.includes(':') && (parseIp(text) !== undefined || /^::ffff:[0-9a-fA-F.:]+$/i.test(text));
const isPort = (text: string): boolean => /^(?::[0-9]*)?$/.test(text);

/** In a host only bytes beyond ASCII may be escaped. */
function unescapedHost(text: string): string | undefined {
  if (/%(?![89a-fA-F][0-9a-fA-F])/.test(text) || !/^[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"%\u0080-\uffff]*$/.test(text))
    return undefined;
  return unescaped(text);
}

function badEscape(text: string): Invalid | undefined {
  const match = /%(?![0-9a-fA-F]{2})/.exec(text);
  return match
    ? { kind: 'invalid', problem: `invalid URL escape "${text.slice(match.index, match.index + 3)}"` }
    : undefined;
}

/** The text before and after the first separator. */
function cut(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  return Buffer.from(
    text.replace(
      /[^%]+|%([0-9a-fA-F]{2})/g,
      (part, hex: string | undefined) => hex ?? Buffer.from(part).toString('hex'),
    ),
    'hex',
  ).toString('utf8');
}

/** Host without port and brackets. */
export function hostname(host: string): string {
  const bracketed = /^\[(.*)\]/.exec(host);
  return bracketed ? (bracketed[1] ?? '') : host.replace(/:[0-9]*$/, '');
}

/** Without the colon; empty when there is none. */
export const port = (host: string): string => /:([0-9]*)$/.exec(host)?.[1] ?? '';

/** The path as it was written where that is properly escaped, and escaped anew where not. */
export function escapedPath({ path }: ParsedUrl): string {
  if (path === '*' || /^[A-Za-z0-9\-._~!$&'()*+,;=:@[\]/%]*$/.test(path)) return path;
  return Array.from(Buffer.from(unescaped(path), 'utf8'), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9\-._~$&+,/:;=@]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

/** Values by key, unescaped, in the order of the query. What cannot be unescaped, or has a semicolon, is left out. */
export function queryValues({ query }: ParsedUrl): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const part of query.split('&')) {
    if (part === '' || part.includes(';') || badEscape(part)) continue;
    const [key, value] = cut(part, '=').map((piece) => unescaped(piece.replaceAll('+', ' '))) as [string, string];
    const known = values.get(key);
    if (known) known.push(value);
    else values.set(key, [value]);
  }
  return values;
}
