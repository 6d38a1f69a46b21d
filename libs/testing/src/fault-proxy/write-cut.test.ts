import { expect, test } from '@jest/globals';
import { requestInfo } from './request-info.ts';
import { createWriteCut } from './write-cut.ts';

const read = requestInfo('GET', '/api/v1/nodes', 'agent');
const write = requestInfo('POST', '/api/v1/nodes', 'agent');
const lease = requestInfo('PUT', '/apis/coordination.k8s.io/v1/namespaces/a/leases/b', 'agent');
const foreign = requestInfo('POST', '/api/v1/nodes', 'other');

test('the n-th write is the last, and then all that it concerns is refused', () => {
  const cut = createWriteCut({ afterWrites: 2, answer: 'lost', when: { userAgent: /^agent/ } });
  expect([read, write, foreign].map((info) => cut.count(info))).toEqual([
    'not-the-last',
    'not-the-last',
    'not-the-last',
  ]);
  expect([cut.writes, cut.isCut, cut.refuses(read)]).toEqual([1, false, false]);
  expect(cut.count(write)).toBe('lost');
  expect([cut.isCut, cut.refuses(read), cut.refuses(write), cut.refuses(foreign)]).toEqual([true, true, true, false]);
});

test('only the writes that are to count do', () => {
  const cut = createWriteCut({ afterWrites: 1, answer: 'delivered', counting: { resource: 'nodes' } });
  expect([cut.count(lease), cut.count(write)]).toEqual(['not-the-last', 'delivered']);
  expect(cut.refuses(lease)).toBe(true);
});

test('nothing is refused or counted any more once it is restored', () => {
  const cut = createWriteCut({ afterWrites: 1, answer: 'lost' });
  cut.count(write);
  cut.restore();
  expect([cut.isCut, cut.refuses(write), cut.count(write)]).toEqual([false, false, 'not-the-last']);
});
