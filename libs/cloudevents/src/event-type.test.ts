import { describe, expect, test } from '@jest/globals';
import {
  dataTypes,
  formatDataType,
  formatEventType,
  isSameDataType,
  parseDataType,
  parseEventType,
} from './event-type.ts';

test.each(Object.values(dataTypes))('a type of $resource in $version is read back as it was written', (dataType) => {
  const text = formatEventType(dataType, 'status', 'update_request');
  const read = parseEventType(text);
  expect(read).toEqual({ dataType, subresource: 'status', action: 'update_request' });
  expect(isSameDataType(read.dataType, parseDataType(formatDataType(dataType)))).toBe(true);
});

test('types are told apart by group, version and resource', () => {
  expect(isSameDataType(dataTypes.addOn, dataTypes.addOnV1Alpha1)).toBe(false);
});

describe('a type that cannot be parsed', () => {
  test.each([
    '',
    'a.b.c.d',
    'b.c.spec.create_request',
    'a.b.c.scale.create_request',
    'a.b.c.spec.',
    'a..c.spec.create_request',
  ])('"%s"', (text) => {
    expect(() => parseEventType(text)).toThrow(/failed to parse cloud event/);
  });

  test('an action that nobody knows is no error of the type', () => {
    expect(parseEventType('a.b.c.spec.dance').action).toBe('dance');
  });

  test.each(['', 'a', 'a.b', '.b.c'])('data type "%s"', (text) => {
    expect(() => parseDataType(text)).toThrow(/<group>\.<version>\.<resource>/);
  });
});
