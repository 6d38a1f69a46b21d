import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('IP addresses', () => {
  test.each([
    ['isIP("127.0.0.1")', 'true'],
    ['isIP("::1")', 'true'],
    ['isIP("2001:DB8::ABCD")', 'true'],
    ['isIP("64:ff9b::1.2.3.4")', 'true'],
    ['isIP("127.0.0.256")', 'false'],
    ['isIP("1.2.3")', 'false'],
    ['isIP("1.2.3.4.5")', 'false'],
    ['isIP("01.2.3.4")', 'false'],
    ['isIP(":::1")', 'false'],
    ['isIP("1::2::3")', 'false'],
    ['isIP("12345::")', 'false'],
    ['isIP("1:2:3:4:5:6:7")', 'false'],
    ['isIP("1:2:3:4:5:6:7:8:9")', 'false'],
    ['isIP("::1:2:3:4:5:6:7:8")', 'false'],
    ['isIP("::ffff:1.2.3.4")', 'false'],
    ['isIP("fe80::1%eth0")', 'false'],
    ['isIP("1.2.3.4 ")', 'false'],
    ['isIP("")', 'false'],
  ])('isIP: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['ip("127.0.0.1")', 'net.IP(127.0.0.1)'],
    ['ip("2001:DB8::ABCD")', 'net.IP(2001:db8::abcd)'],
    ['ip("1:2:3:4:5:6:7::")', 'net.IP(1:2:3:4:5:6:7:0)'],
    ['ip("bad")', 'error: "bad" is not an IP address; a zone, leading zeros and IPv4 in IPv6 form are not allowed'],
    ['ip("::1") == ip("0:0:0:0:0:0:0:1")', 'true'],
    ['ip("10.0.0.1") == ip("10.0.0.2")', 'false'],
    ['ip("10.0.0.1") == dyn("10.0.0.1")', 'error: no such overload'],
  ])('ip: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['string(ip("1:0:0:2:0:0:0:3"))', '"1:0:0:2::3"'],
    ['string(ip("0:0:1:0:0:0:0:0"))', '"0:0:1::"'],
    ['string(ip("1:2:3:4:5:6:0:8"))', '"1:2:3:4:5:6:0:8"'],
    ['string(ip("::"))', '"::"'],
    ['string(ip("10.0.0.1"))', '"10.0.0.1"'],
  ])('string: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['ip.isCanonical("127.0.0.1")', 'true'],
    ['ip.isCanonical("2001:db8::abcd")', 'true'],
    ['ip.isCanonical("2001:DB8::ABCD")', 'false'],
    ['ip.isCanonical("2001:db8::0:0:0:abcd")', 'false'],
    [
      'ip.isCanonical("bad")',
      'error: "bad" is not an IP address; a zone, leading zeros and IPv4 in IPv6 form are not allowed',
    ],
  ])('ip.isCanonical: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['ip("127.0.0.1").family()', '4'],
    ['ip("::1").family()', '6'],
  ])('family: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['ip("0.0.0.0").isUnspecified()', 'true'],
    ['ip("::").isUnspecified()', 'true'],
    ['ip("::1").isUnspecified()', 'false'],
  ])('isUnspecified: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['ip("127.9.9.9").isLoopback()', 'true'],
    ['ip("::1").isLoopback()', 'true'],
    ['ip("128.0.0.1").isLoopback()', 'false'],
  ])('isLoopback: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['ip("224.0.0.251").isLinkLocalMulticast()', 'true'],
    ['ip("224.0.1.1").isLinkLocalMulticast()', 'false'],
    ['ip("ff02::1").isLinkLocalMulticast()', 'true'],
    ['ip("ff12::1").isLinkLocalMulticast()', 'true'],
    ['ip("ff05::1").isLinkLocalMulticast()', 'false'],
  ])('isLinkLocalMulticast: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['ip("169.254.169.254").isLinkLocalUnicast()', 'true'],
    ['ip("192.168.0.1").isLinkLocalUnicast()', 'false'],
    ['ip("fe80::1").isLinkLocalUnicast()', 'true'],
    ['ip("febf::1").isLinkLocalUnicast()', 'true'],
    ['ip("fec0::1").isLinkLocalUnicast()', 'false'],
  ])('isLinkLocalUnicast: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['ip("192.168.0.1").isGlobalUnicast()', 'true'],
    ['ip("2001:db8::abcd").isGlobalUnicast()', 'true'],
    ['ip("fd00::1").isGlobalUnicast()', 'true'],
    ['ip("255.255.255.255").isGlobalUnicast()', 'false'],
    ['ip("224.0.0.1").isGlobalUnicast()', 'false'],
    ['ip("0.0.0.0").isGlobalUnicast()', 'false'],
    ['ip("ff00::1").isGlobalUnicast()', 'false'],
    ['ip("::").isGlobalUnicast()', 'false'],
  ])('isGlobalUnicast: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
