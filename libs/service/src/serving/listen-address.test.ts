import { expect, test } from '@jest/globals';
import { parseListenAddress } from './listen-address.ts';

test.each([
  ['0.0.0.0:8443', { host: '0.0.0.0', port: 8443 }],
  [':8443', { host: undefined, port: 8443 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
  ['[::]:1', { host: '::', port: 1 }],
  ['8443', undefined],
  ['host', undefined],
  ['host:', undefined],
  ['host:65536', undefined],
  ['host:-1', undefined],
  ['::1:8443', undefined],
  ['a b:1', undefined],
  ['', undefined],
])('"%s" -> %j', (text, want) => {
  expect(parseListenAddress(text)).toEqual(want);
});
