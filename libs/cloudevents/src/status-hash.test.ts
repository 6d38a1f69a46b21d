import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from './canonical-json.ts';
import { workStatusHash } from './status-hash.ts';

const withValue = (string: string) => ({
  resourceStatus: {
    manifests: [
      {
        resourceMeta: { ordinal: 0, kind: 'Job' },
        conditions: [],
        statusFeedback: { values: [{ name: 'a', fieldValue: { type: 'String' as const, string } }] },
      },
    ],
  },
});

describe('the hash of a status', () => {
  test.each([
    ['nothing', undefined, '3a4ba43801251ccdf889a3154674d23a35ab996aacfc00de92e61dbb2f5cf189'],
    ['no conditions', { conditions: [] }, '3a4ba43801251ccdf889a3154674d23a35ab996aacfc00de92e61dbb2f5cf189'],
    [
      'one condition without a time',
      { conditions: [{ type: 'Created', status: 'True', reason: '', message: '' }] },
      '51e9de1bc565e05d4176d9a6f3bdd17559afd83d86f3e372f8e0411a37469a69',
    ],
  ])('[cloudevents-grpc 33] of %s', (_, status, hash) => {
    expect(workStatusHash(status as never)).toBe(hash);
  });

  test('takes conditions that a peer in Go left null', () => {
    const manifests = [{ resourceMeta: { ordinal: 0 }, conditions: null }];
    const text = canonicalJson({
      resourceStatus: {
        manifests: [
          {
            resourceMeta: { ordinal: 0, group: '', version: '', kind: '', resource: '', name: '', namespace: '' },
            statusFeedback: {},
            conditions: null,
          },
        ],
      },
    });
    expect(workStatusHash({ resourceStatus: { manifests } } as never)).toBe(
      createHash('sha256').update(text).digest('hex'),
    );
  });

  test('is another for another value of a manifest', () => {
    expect(workStatusHash(withValue('x'))).not.toBe(workStatusHash(withValue('y')));
    expect(workStatusHash(withValue('x'))).toBe(workStatusHash(structuredClone(withValue('x'))));
  });
});

// Not yet in the types of TypeScript's library.
const { rawJSON: rawNumber } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

describe('the same value gives the same text', () => {
  test.each<[unknown, string]>([
    [{ b: 1, a: [true, null, 'x'], 10: undefined, 9: {} }, '{"9":{},"a":[true,null,"x"],"b":1}'],
    [{ '\u{10000}': 1, '\uffff': 2 }, '{"\uffff":2,"\u{10000}":1}'],
    ['<a&b>\u2028\u2029', String.raw`"\u003ca\u0026b\u003e\u2028\u2029"`],
    [{ a: rawNumber('9007199254740993') }, '{"a":9007199254740993}'],
  ])('%#', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });
});
