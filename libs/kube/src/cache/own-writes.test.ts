import { describe, expect, test } from '@jest/globals';
import { aThing } from '../../test/scripted-resource.ts';
import { OwnWrites } from './own-writes.ts';

/** A cache whose watch has got as far as `shown`. */
function at(shown: string): OwnWrites {
  const writes = new OwnWrites();
  writes.admits(aThing('other', shown));
  return writes;
}

describe('what was written here', () => {
  test('is news until the watch has shown as much', () => {
    expect(at('9').expect(aThing('a', '10'))).toBe(true);
    expect(at('10').expect(aThing('a', '10'))).toBe(false);
    expect(at('100').expect(aThing('a', '99'))).toBe(false);
    expect(new OwnWrites().expect(aThing('a', '10'))).toBe(false);
  });

  test('hides what the watch shows of the time before, and nothing after', () => {
    const writes = at('5');
    writes.expect(aThing('a', '10'));
    expect(writes.admits(aThing('a', '7'))).toBe(false);
    expect(writes.admits(aThing('b', '8'))).toBe(true);
    expect(writes.admits(aThing('a', '10'))).toBe(true);
    expect(writes.admits(aThing('a', '9'))).toBe(true);
  });

  test('ends with a deletion or a list', () => {
    for (const end of [(w: OwnWrites) => w.ended(aThing('a', '11')), (w: OwnWrites) => w.listed('12')]) {
      const writes = at('5');
      writes.expect(aThing('a', '10'));
      end(writes);
      expect(writes.admits(aThing('a', '7'))).toBe(true);
    }
  });

  test('a list says how far the watch has got', () => {
    const writes = new OwnWrites();
    writes.listed('9');
    expect([writes.expect(aThing('a', '9')), writes.expect(aThing('a', '10'))]).toEqual([false, true]);
  });

  test('a late answer about an object that is gone by now is no news', () => {
    const writes = at('5');
    writes.ended(aThing('a', '11'));
    expect(writes.expect(aThing('a', '10'))).toBe(false);
  });
});

test('what was deleted here stays away, but not another object of the same name', () => {
  const writes = at('5');
  writes.expectGone(aThing('a', '4'));
  expect(writes.admits(aThing('a', '6'))).toBe(false);
  const other = { ...aThing('a', '8'), metadata: { ...aThing('a', '8').metadata, uid: 'another' } };
  expect(writes.admits(other)).toBe(true);
});
