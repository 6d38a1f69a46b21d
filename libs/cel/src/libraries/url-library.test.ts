import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('URLs', () => {
  test.each([
    ['isURL("https://user:pass@example.com:80/path?query=val#fragment")', 'true'],
    ['isURL("/absolute-path")', 'true'],
    ['isURL("https://example.com")', 'true'],
    ['isURL("mailto:a@b")', 'true'],
    ['isURL("http://[::1]:80/")', 'true'],
    ['isURL("http://[fe80::1%25en0]/")', 'true'],
    ['isURL("http://a/b c")', 'true'],
    ['isURL("http://h:/")', 'true'],
    ['isURL("http://é/")', 'true'],
    ['isURL("http://%80h/")', 'true'],
    ['isURL("//host/path")', 'true'],
    ['isURL("*")', 'true'],
    ['isURL("https://a:b:c/")', 'false'],
    ['isURL("../relative-path")', 'false'],
    ['isURL("")', 'false'],
    ['isURL("http://[::1")', 'false'],
    ['isURL("http://[::1]x/")', 'false'],
    ['isURL("http://[abc]/")', 'false'],
    ['isURL("://x")', 'false'],
    ['isURL("1http://x")', 'false'],
    ['isURL("http://a b/")', 'false'],
    ['isURL("http://a%20b/")', 'false'],
    ['isURL("http://a/%zz")', 'false'],
    ['isURL("http://user name@h/")', 'false'],
    ['isURL("http://h:80a/")', 'false'],
    ['isURL("http://h#f")', 'false'],
    ['isURL("http://h/\\n")', 'false'],
    ['isURL("a/b:c")', 'false'],
  ])('isURL: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['url("../x")', 'error: URL parse error during conversion from string: "../x": invalid URI for request'],
    ['url("http://a b/")', 'error: URL parse error during conversion from string: "http://a b/": invalid host or port'],
    [
      'url("https://h/a#b%zz")',
      'error: URL parse error during conversion from string: "https://h/a#b%zz": invalid URL escape "%zz"',
    ],
    ['url("https://h/a") == url("https://h/a")', 'true'],
    ['url("https://h/a") == url("https://h/b")', 'false'],
    ['url("https://h/a#") == url("https://h/a")', 'true'],
  ])('url: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['url("HTTPS://example.com/").getScheme()', '"https"'],
    ['url("/path").getScheme()', '""'],
  ])('getScheme: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['url("https://example.com:80/").getHost()', '"example.com:80"'],
    ['url("https://example.com/").getHost()', '"example.com"'],
    ['url("https://user:pass@example.com:80/").getHost()', '"example.com:80"'],
    ['url("https://[::1]:80/").getHost()', '"[::1]:80"'],
    ['url("https://[::1]/").getHost()', '"[::1]"'],
    ['url("http://[fe80::1%25en0]:8/").getHost()', '"[fe80::1%en0]:8"'],
    ['url("/path").getHost()', '""'],
  ])('getHost: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['url("https://example.com:80/").getHostname()', '"example.com"'],
    ['url("https://127.0.0.1:80/").getHostname()', '"127.0.0.1"'],
    ['url("https://[::1]:80/").getHostname()', '"::1"'],
    ['url("/path").getHostname()', '""'],
  ])('getHostname: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['url("https://example.com:80/").getPort()', '"80"'],
    ['url("https://example.com/").getPort()', '""'],
    ['url("https://h:/").getPort()', '""'],
    ['url("https://[::1]:80/").getPort()', '"80"'],
    ['url("https://[::1]/").getPort()', '""'],
  ])('getPort: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['url("https://example.com/path").getEscapedPath()', '"/path"'],
    ['url("https://example.com/path with spaces/").getEscapedPath()', '"/path%20with%20spaces/"'],
    ['url("https://example.com").getEscapedPath()', '""'],
    ['url("https://example.com/a%2Fb").getEscapedPath()', '"/a%2Fb"'],
    ['url("https://example.com/a%2fb c").getEscapedPath()', '"/a/b%20c"'],
    ['url("https://example.com/é").getEscapedPath()', '"/%C3%A9"'],
    [`url("https://example.com/a!b'(c)*[d]").getEscapedPath()`, `"/a!b'(c)*[d]"`],
    ['url("https://example.com/a!{}").getEscapedPath()', '"/a%21%7B%7D"'],
    ['url("https://example.com/p#b?c=2").getEscapedPath()', '"/p"'],
  ])('getEscapedPath: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['url("https://example.com/path?k1=a&k2=b&k2=c").getQuery()', '{"k1": ["a"], "k2": ["b", "c"]}'],
    [
      'url("https://example.com/path?key with spaces=value with spaces").getQuery()',
      '{"key with spaces": ["value with spaces"]}',
    ],
    [
      'url("https://example.com/path?a=%41+b&c&=d&e=f=g").getQuery()',
      '{"": ["d"], "a": ["A b"], "c": [""], "e": ["f=g"]}',
    ],
    ['url("https://example.com/path?a=%zz&b=1").getQuery()', '{"b": ["1"]}'],
    ['url("https://example.com/path?a;b=1&c=2").getQuery()', '{"c": ["2"]}'],
    ['url("https://example.com/path?").getQuery()', '{}'],
    ['url("https://example.com/path").getQuery()', '{}'],
    ['url("https://example.com/path?a=1#b?c=2").getQuery()', '{"a": ["1"]}'],
  ])('getQuery: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
