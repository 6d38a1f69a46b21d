import { expect, test } from '@jest/globals';
import { RecentlyUsed } from './recently-used.ts';

/** Asks for keys, one letter each, and says of each what became of it: made `+`, remembered `=`, no place `-`. */
function setUp() {
  const values = new RecentlyUsed<string, string>(2);
  const ask = (key: string): string => {
    let made = '=';
    const value = values.get(key, () => {
      made = '+';
      return key;
    });
    return value === undefined ? '-' : made;
  };
  return (keys: string): string => keys.split('').map(ask).join('');
}

test('a value is made once, while there is a place', () => {
  expect(setUp()('abab')).toBe('++==');
});

test('keys that are asked in turn do not displace each other', () => {
  expect(setUp()('abcabcabc')).toBe('++-==-==-');
});

test('what has not been asked for a while gives way, the oldest first', () => {
  const ask = setUp();
  expect(ask('abbbb')).toBe('++===');
  expect(ask('cbca')).toBe('+==-');
});
