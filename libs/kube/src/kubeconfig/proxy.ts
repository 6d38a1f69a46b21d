import { BlockList, isIP, isIPv6 } from 'node:net';
import { KubeError } from '../error.ts';

/** The proxy variables of the environment, given by the caller; the `proxy-url` of a kubeconfig comes first. */
export interface ProxyVariables {
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  /** Hosts, domains (`example.com` means its subdomains too), addresses and CIDRs, separated by commas, each with an optional port; `*` is all. */
  readonly noProxy?: string | undefined;
}

/**
 * The proxy to use for a server, if any.
 *
 * @throws KubeError `config` when the address is no URL of scheme http or https
 */
export function proxyOf(server: URL, proxyUrl: string | undefined, variables: ProxyVariables = {}): URL | undefined {
  if (proxyUrl !== undefined) return parseProxy(proxyUrl, 'proxy-url');
  const [text, name] =
    server.protocol === 'https:' ? [variables.httpsProxy, 'HTTPS_PROXY'] : [variables.httpProxy, 'HTTP_PROXY'];
  if (text === undefined || text === '' || isDirect(server, variables.noProxy ?? '')) return undefined;
  // As curl and Go do: a bare host:port means http.
  return parseProxy(text.includes('://') ? text : `http://${text}`, name);
}

/** Whether NO_PROXY, or being on this machine, exempts the server. */
export function isDirect(server: URL, noProxy: string): boolean {
  const host = hostnameOf(server);
  if (host === 'localhost' || host.startsWith('127.') || host === '::1') return true;
  const port = server.port === '' ? (server.protocol === 'https:' ? '443' : '80') : server.port;
  const rules = noProxy.split(',').map((rule) => rule.trim().toLowerCase());
  return rules.some((rule) => rule !== '' && matches(rule, host, port));
}

/** Host of a URL without the brackets of IPv6. */
export function hostnameOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true;
  if (rule.includes('/')) return isIP(host) > 0 && inSubnet(host, rule);
  const [name, rulePort] = splitPort(rule);
  if (rulePort !== undefined && rulePort !== port) return false;
  const domain = name.replace(/^\*?\./, '');
  // `.example.com` means the subdomains only.
  return (host === domain && domain === name) || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

function splitPort(rule: string): readonly [name: string, port: string | undefined] {
  if (isIPv6(rule)) return [rule, undefined];
  const [, name = rule, port] = /^(.*):(\d+)$/.exec(rule) ?? [];
  return [name.replace(/^\[(.*)\]$/, '$1'), port];
}

function inSubnet(host: string, cidr: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/');
  const family = isIP(network);
  const bits = Number(prefix);
  if (family === 0 || !Number.isInteger(bits) || bits > (family === 6 ? 128 : 32)) return false;
  const subnet = new BlockList();
  subnet.addSubnet(network, bits, family === 6 ? 'ipv6' : 'ipv4');
  return subnet.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

function parseProxy(text: string, field: string): URL {
  const url = URL.parse(text);
  // The address may hold a password: only its scheme is named.
  if (url === null) throw new KubeError(`${field}: not a URL; allowed are http://… and https://…`, { code: 'config' });
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new KubeError(`${field}: scheme ${url.protocol.slice(0, -1)} is not supported; allowed are http and https`, {
    code: 'config',
  });
}
