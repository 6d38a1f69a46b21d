import { describe, expect, test } from '@jest/globals';
import type { ManagedCluster } from '@ocm/api';
import { aCluster, type ClusterOver } from '@ocm/testing';
import { judgeCluster } from './judge-cluster.ts';
import type { Question } from './judgement.ts';

const options = { user: 'ann', defaultSet: true };
const pending = (over: ClusterOver = {}): ManagedCluster => aCluster({ name: 'c1', accepted: false, ...over });
const at = (...urls: readonly string[]): ManagedCluster => pending({ clientConfigs: urls.map((url) => ({ url })) });

const inSet = (set: string | undefined): ManagedCluster => pending(set === undefined ? {} : { set });

const MAY_ACCEPT: readonly Question[] = [
  { kind: 'namespace-is-not-terminating', namespace: 'c1' },
  {
    kind: 'requester-may',
    resource: {
      group: 'register.open-cluster-management.io',
      resource: 'managedclusters',
      subresource: 'accept',
      verb: 'update',
      name: 'c1',
    },
    refusal: 'user "ann" cannot update the HubAcceptsClient field',
  },
];
const mayJoin = (name: string): Question => ({
  kind: 'requester-may',
  resource: {
    group: 'cluster.open-cluster-management.io',
    resource: 'managedclustersets',
    subresource: 'join',
    verb: 'create',
    name,
  },
  refusal: `user "ann" cannot add/remove a ManagedCluster to/from ManagedClusterSet "${name}"`,
});

describe('client configs', () => {
  test.each(['https://a.example:6443', 'https://10.0.0.1/path', 'HTTPS://a'])('[registration 66] %s is fine', (url) => {
    expect(judgeCluster(at(url), undefined, options)).toEqual({ kind: 'ask', questions: [] });
  });

  test.each([
    '127.0.0.1:8001',
    'http://a.example',
    '',
    'https',
    '//a.example',
    'wss://a',
    'https://',
    ' https://a',
    'https://a ',
    'https://a\n.b',
    'https://a\t',
    'https://a b',
  ])('[registration 66] "%s" is not', (url) => {
    const refusal = { kind: 'refuse', code: 400, message: `url "${url}" is invalid in client configs` };
    expect(judgeCluster(at(url), undefined, options)).toEqual(refusal);
    expect(judgeCluster(at(url), pending(), options)).toEqual(refusal);
  });

  test('[registration 66] a bad one that is stored does not stand in the way of other updates', () => {
    expect(judgeCluster(at('http://a'), at('http://a'), options)).toEqual({ kind: 'ask', questions: [] });
    expect(judgeCluster(at('http://a', 'http://b'), at('http://a'), options)).toMatchObject({ kind: 'refuse' });
  });
});

describe('the name', () => {
  test.each(['north.cluster', 'North', `n${'o'.repeat(63)}rth`, '-n'])('[registration 66] %s is refused', (name) => {
    expect(judgeCluster(pending({ name }), undefined, options)).toMatchObject({
      kind: 'refuse',
      code: 400,
      message: expect.stringMatching(/^metadata\.name format is not correct: /),
    });
  });

  test('[registration 66] all problems are told at once', () => {
    const cluster = pending({ name: 'a.b', clientConfigs: [{ url: 'x' }, { url: 'y' }] });
    expect(judgeCluster(cluster, undefined, options)).toMatchObject({
      message: expect.stringMatching(/^metadata\.name .*\nurl "x" is invalid in client configs\nurl "y" is invalid/),
    });
  });

  test('[registration 66] a cluster of older days may be updated until it names an address', () => {
    const old = pending({ name: 'a.b' });
    expect(judgeCluster(old, old, options)).toEqual({ kind: 'ask', questions: [] });
    expect(judgeCluster({ ...at('https://a'), metadata: old.metadata }, old, options)).toMatchObject({ code: 400 });
  });
});

describe('acceptance', () => {
  test.each<[string, { next: boolean; previous: boolean | undefined; questions: readonly Question[] }]>([
    ['created accepted', { next: true, previous: undefined, questions: MAY_ACCEPT }],
    ['accepted', { next: true, previous: false, questions: MAY_ACCEPT }],
    ['created', { next: false, previous: undefined, questions: [] }],
    ['denied', { next: false, previous: true, questions: [] }],
    ['updated while accepted', { next: true, previous: true, questions: [] }],
  ])('[registration 67] %s', (_what, { next, previous, questions }) => {
    const before = previous === undefined ? undefined : pending({ accepted: previous });
    expect(judgeCluster(pending({ accepted: next }), before, options)).toEqual({ kind: 'ask', questions });
  });

  test('[registration 67] a cluster without a spec is not accepted', () => {
    const { spec: _spec, ...bare } = pending();
    expect(judgeCluster(bare, undefined, options)).toEqual({ kind: 'ask', questions: [] });
  });
});

describe('the set', () => {
  test.each<[string, { from: string | undefined; to: string | undefined; sets: readonly string[] }]>([
    ['joined', { from: undefined, to: 'a', sets: ['a'] }],
    ['left', { from: 'a', to: undefined, sets: ['a'] }],
    ['emptied', { from: 'a', to: '', sets: ['a'] }],
    ['changed', { from: 'a', to: 'b', sets: ['a', 'b'] }],
    ['kept', { from: 'a', to: 'a', sets: [] }],
    ['none', { from: '', to: undefined, sets: [] }],
    ['changed to the default one', { from: 'a', to: 'default', sets: ['a', 'default'] }],
    ['the default one of a cluster that had none: our own doing', { from: undefined, to: 'default', sets: [] }],
  ])('[registration 68] %s', (_what, { from, to, sets }) => {
    expect(judgeCluster(inSet(to), inSet(from), options)).toEqual({ kind: 'ask', questions: sets.map(mayJoin) });
  });

  test('[registration 68] is asked about when a cluster is created, also the default one', () => {
    const created = pending({ set: 'default' });
    expect(judgeCluster(created, undefined, options)).toEqual({ kind: 'ask', questions: [mayJoin('default')] });
  });

  test('[registration 68] default is a set like others with the gate off', () => {
    const judgement = judgeCluster(pending({ set: 'default' }), pending(), { ...options, defaultSet: false });
    expect(judgement).toEqual({ kind: 'ask', questions: [mayJoin('default')] });
  });
});
