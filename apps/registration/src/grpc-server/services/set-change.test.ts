import { type ManagedCluster, labels } from '@ocm/api';
import { expect, test } from '@jest/globals';
import { setChangeQuestions } from './set-change.ts';

function inSet(set: string | undefined): ManagedCluster {
  return { metadata: { name: 'c', ...(set === undefined ? {} : { labels: { [labels.clusterSet]: set } }) } };
}

test.each([
  { what: 'created in none', previous: undefined, next: undefined, asked: [] },
  { what: 'created in one', previous: undefined, next: 'a', asked: ['a'] },
  { what: 'left where it is', previous: inSet('a'), next: 'a', asked: [] },
  { what: 'moved', previous: inSet('a'), next: 'b', asked: ['a', 'b'] },
  { what: 'taken out', previous: inSet('a'), next: undefined, asked: ['a'] },
])('a cluster that is $what', ({ previous, next, asked }) => {
  const questions = setChangeQuestions(previous, inSet(next));
  expect(questions.map(({ name }) => name)).toEqual(asked);
  expect(questions.every(({ subresource, verb }) => subresource === 'join' && verb === 'create')).toBe(true);
});
