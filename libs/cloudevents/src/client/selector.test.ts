import { describe, expect, test } from '@jest/globals';
import { selects } from './selector.ts';

const object = { metadata: { name: 'a', namespace: 'n', labels: { 'x.io/k': 'v', empty: '' } } };

describe('selectors', () => {
  test.each([
    [{}, true],
    [{ namespace: 'n' }, true],
    [{ namespace: 'm' }, false],
    [{ labelSelector: 'x.io/k=v' }, true],
    [{ labelSelector: 'x.io/k == v, empty=' }, true],
    [{ labelSelector: 'x.io/k!=v' }, false],
    [{ labelSelector: 'other!=v' }, true],
    [{ labelSelector: 'other=' }, false],
    [{ labelSelector: 'x.io/k in (u, v),empty' }, true],
    [{ labelSelector: 'x.io/k notin (u,v)' }, false],
    [{ labelSelector: 'x.io/k' }, true],
    [{ labelSelector: '!x.io/k' }, false],
    [{ labelSelector: '!other' }, true],
    [{ fieldSelector: 'metadata.name=a' }, true],
    [{ fieldSelector: 'metadata.name=a,metadata.namespace=m' }, false],
    [{ fieldSelector: 'metadata.name!=a' }, false],
  ])('%j: %p', (selection, want) => {
    expect(selects(selection)(object)).toBe(want);
  });

  test.each([{ labelSelector: 'a>1' }, { labelSelector: '!a=b' }, { fieldSelector: 'status.phase=x' }])(
    '%j is refused',
    (selection) => {
      expect(() => selects(selection)).toThrow(expect.objectContaining({ code: 'bad-request' }));
    },
  );
});
