import { describe, expect, test } from '@jest/globals';
import { completeNames, type NameSources, userOf } from './complete-names.ts';

const NONE = { clusterName: undefined, agentId: undefined };
const NOT_STORED = { clusterName: undefined, agentName: undefined };
const UUID = '0e1d2c3b-4a59-4687-8796-a5b4c3d2e1f0';

function sources(over: Partial<NameSources> = {}): NameSources {
  return { given: NONE, stored: NOT_STORED, uuid: () => UUID, random: () => 0, ...over };
}

describe('completeNames', () => {
  test.each([
    { given: 'flag', stored: 'file', want: 'flag' },
    { given: undefined, stored: 'file', want: 'file' },
    { given: undefined, stored: undefined, want: UUID },
  ])('[registration 5] the cluster is called $want when given $given and stored $stored', ({ given, stored, want }) => {
    const names = completeNames(
      sources({ given: { ...NONE, clusterName: given }, stored: { ...NOT_STORED, clusterName: stored } }),
    );
    expect(names.cluster).toBe(want);
  });

  test.each([
    { given: 'flag', stored: 'file', want: 'flag' },
    { given: undefined, stored: 'file', want: 'file' },
    { given: undefined, stored: undefined, want: 'bbbbb' },
  ])('the agent is called $want when given $given and stored $stored', ({ given, stored, want }) => {
    const names = completeNames(
      sources({ given: { ...NONE, agentId: given }, stored: { ...NOT_STORED, agentName: stored } }),
    );
    expect(names.agent).toBe(want);
  });

  test('a random agent name has five letters of the alphabet without vowels and look-alikes', () => {
    expect(completeNames(sources({ random: () => 0.999999 })).agent).toBe('99999');
    expect(completeNames(sources({ random: Math.random })).agent).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test.each([
    { name: '', problem: 'cluster name is empty' },
    { name: 'Cluster', problem: 'metadata.name format is not correct: "Cluster" is not a DNS label' },
    { name: 'a.b', problem: 'metadata.name format is not correct: "a.b"' },
    { name: 'a'.repeat(64), problem: 'at most 63' },
  ])('a cluster cannot be called "$name"', ({ name, problem }) => {
    expect(() => completeNames(sources({ given: { ...NONE, clusterName: name } }))).toThrow(problem);
    expect(() => completeNames(sources({ given: { ...NONE, clusterName: name } }))).toThrow('--spoke-cluster-name');
  });

  test('a stored name that is spoiled is blamed on its file', () => {
    expect(() => completeNames(sources({ stored: { ...NOT_STORED, clusterName: 'A' } }))).toThrow('file cluster-name');
  });
});

test('the user carries both names', () => {
  expect(userOf({ cluster: 'c1', agent: 'a1' })).toBe('system:open-cluster-management:c1:a1');
});
