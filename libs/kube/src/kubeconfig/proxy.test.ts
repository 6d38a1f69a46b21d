import { describe, expect, test } from '@jest/globals';
import { isDirect, proxyOf } from './proxy.ts';

const HUB = new URL('https://hub.example.com:6443');

describe('proxyOf', () => {
  const variables = { httpsProxy: 'http://secure:3128', httpProxy: 'http://plain:3128' };

  const plain = new URL('http://hub');
  const local = new URL('https://127.0.0.1:6443');

  test.each([
    { title: 'the kubeconfig comes first', proxyUrl: 'https://own:8443', proxy: 'https://own:8443/' },
    { title: 'NO_PROXY does not concern it', proxyUrl: 'http://own', noProxy: '*', proxy: 'http://own/' },
    { title: 'https servers go through HTTPS_PROXY', proxy: 'http://secure:3128/' },
    { title: 'unless NO_PROXY says otherwise', noProxy: 'example.com', proxy: undefined },
    { title: 'http servers go through HTTP_PROXY', server: plain, proxy: 'http://plain:3128/' },
    { title: 'a variable without scheme means http', httpsProxy: 'proxy:3128', proxy: 'http://proxy:3128/' },
    { title: 'an empty variable is none', httpsProxy: '', proxy: undefined },
    { title: 'this machine is always reached directly', server: local, proxy: undefined },
  ])('$title', ({ server = HUB, proxyUrl, proxy, ...over }) => {
    expect(proxyOf(server, proxyUrl, { ...variables, ...over })?.href).toBe(proxy);
  });

  test('no variables, no proxy', () => {
    expect(proxyOf(HUB, undefined)).toBeUndefined();
  });

  test.each([
    ['socks5://user:s3cret@proxy:1080', 'proxy-url: scheme socks5 is not supported; allowed are http and https'],
    ['s3cret', 'proxy-url: not a URL; allowed are http://… and https://…'],
  ])('%s is refused without being quoted', (proxyUrl, message) => {
    expect(() => proxyOf(HUB, proxyUrl)).toThrow(expect.objectContaining({ code: 'config', message }));
  });
});

test.each([
  ['https://hub.example.com:6443', '', false],
  ['https://hub.example.com:6443', '*', true],
  ['https://hub.example.com:6443', 'other.org, hub.example.com', true],
  ['https://hub.example.com:6443', 'HUB.Example.com', true],
  ['https://hub.example.com:6443', 'example.com', true],
  ['https://hub.example.com:6443', '.example.com', true],
  ['https://hub.example.com:6443', '*.example.com', true],
  ['https://example.com', '.example.com', false],
  ['https://notexample.com', 'example.com', false],
  ['https://hub.example.com:6443', 'hub.example.com:6443', true],
  ['https://hub.example.com:6443', 'hub.example.com:443', false],
  ['https://hub.example.com', 'hub.example.com:443', true],
  ['https://10.1.2.3:6443', '10.0.0.0/8', true],
  ['https://10.1.2.3:6443', '10.1.2.3', true],
  ['https://11.1.2.3:6443', '10.0.0.0/8', false],
  ['https://11.1.2.3:6443', '10.0.0.0/x,nonsense/8,1.2.3.4/99', false],
  ['https://hub.example.com', '10.0.0.0/8', false],
  ['https://110.1.2.3', '10.1.2.3', false],
  ['https://[fd00::1]:6443', 'fd00::/8', true],
  ['https://[fd00::1]:6443', 'fd00::1', true],
  ['https://[fd00::1]:6443', '[fd00::1]:6443', true],
  ['https://[fd00::1]:6443', '[fd00::1]:443', false],
  ['https://localhost:6443', '', true],
  ['https://[::1]:6443', '', true],
])('%s with NO_PROXY=%s is reached directly: %s', (server, noProxy, expected) => {
  expect(isDirect(new URL(server), noProxy)).toBe(expected);
});
