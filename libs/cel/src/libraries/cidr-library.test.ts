import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('networks in CIDR notation', () => {
  test.each([
    ['isCIDR("192.168.0.0/16")', 'true'],
    ['isCIDR("192.168.0.1/16")', 'true'],
    ['isCIDR("::1/128")', 'true'],
    ['isCIDR("192.168.0.0/33")', 'false'],
    ['isCIDR("::1/129")', 'false'],
    ['isCIDR("10.0.0.0")', 'false'],
    ['isCIDR("10.0.0.0/")', 'false'],
    ['isCIDR("10.0.0.0/08")', 'false'],
    ['isCIDR("10.0.0.0/+8")', 'false'],
    ['isCIDR("10.0.0.0/8/8")', 'false'],
    ['isCIDR("::ffff:1.2.3.4/24")', 'false'],
    ['isCIDR("fe80::1%eth0/10")', 'false'],
  ])('isCIDR: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['cidr("192.168.0.0/16")', 'net.CIDR(192.168.0.0/16)'],
    ['cidr("bad")', 'error: "bad" is not a network: an IP address, "/" and the length of its prefix'],
    ['cidr("192.168.0.0/24") == cidr("192.168.0.0/24")', 'true'],
    ['cidr("192.168.0.1/24") == cidr("192.168.0.1/24").masked()', 'false'],
  ])('cidr: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['cidr("192.168.0.0/24").containsIP("192.168.0.1")', 'true'],
    ['cidr("192.168.0.0/24").containsIP(ip("192.168.0.1"))', 'true'],
    ['cidr("192.168.0.0/24").containsIP("192.168.1.1")', 'false'],
    ['cidr("192.168.0.0/24").containsIP(ip("192.168.1.1"))', 'false'],
    ['cidr("0.0.0.0/0").containsIP("8.8.8.8")', 'true'],
    ['cidr("192.168.0.0/24").containsIP("::1")', 'false'],
    ['cidr("2001:db8::/32").containsIP("2001:db8:1::1")', 'true'],
    [
      'cidr("192.168.0.0/24").containsIP("bad")',
      'error: "bad" is not an IP address; a zone, leading zeros and IPv4 in IPv6 form are not allowed',
    ],
  ])('containsIP: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['cidr("192.168.0.0/16").containsCIDR("192.168.10.0/24")', 'true'],
    ['cidr("192.168.0.0/16").containsCIDR(cidr("192.168.10.0/24"))', 'true'],
    ['cidr("192.168.1.0/24").containsCIDR("192.168.2.0/24")', 'false'],
    ['cidr("192.168.0.0/24").containsCIDR("192.168.0.0/16")', 'false'],
    [
      'cidr("192.168.0.0/24").containsCIDR("bad")',
      'error: "bad" is not a network: an IP address, "/" and the length of its prefix',
    ],
  ])('containsCIDR: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['cidr("192.168.0.1/24").ip()', 'net.IP(192.168.0.1)'],
    ['cidr("::1/128").ip().family()', '6'],
  ])('ip: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['cidr("192.168.0.1/24").masked()', 'net.CIDR(192.168.0.0/24)'],
    ['cidr("2001:db8::1/33").masked()', 'net.CIDR(2001:db8::/33)'],
    ['cidr("10.1.2.3/0").masked()', 'net.CIDR(0.0.0.0/0)'],
  ])('masked: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['cidr("192.168.0.0/16").prefixLength()', '16'],
    ['cidr("::1/128").prefixLength()', '128'],
  ])('prefixLength: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['string(cidr("2001:DB8::/32"))', '"2001:db8::/32"'],
    ['string(cidr("192.168.0.1/24"))', '"192.168.0.1/24"'],
  ])('string: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
