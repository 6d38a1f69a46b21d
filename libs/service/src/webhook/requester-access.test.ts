import { expect, test } from '@jest/globals';
import type { SubjectAccessReview } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import { reviewRequester } from './requester-access.ts';

const resource = { group: 'g', resource: 'rs', verb: 'update', name: 'a' };
const userInfo = { username: 'ann', uid: '7', groups: ['staff'], extra: { scopes: ['all'] } };
const signal = new AbortController().signal;

function clientThat(answer: (spec: SubjectAccessReview['spec']) => object): Pick<KubeClient, 'kind'> {
  const create = async ({ spec }: SubjectAccessReview): Promise<object> => ({ status: answer(spec) });
  return { kind: () => ({ create }) } as unknown as Pick<KubeClient, 'kind'>;
}

test('asks for the whole user', async () => {
  const asked: SubjectAccessReview['spec'][] = [];
  const client = clientThat((spec) => {
    asked.push(spec);
    return { allowed: true };
  });
  expect(await reviewRequester(client, { userInfo, resource }, signal)).toEqual({ kind: 'allowed' });
  expect(asked).toEqual([
    { user: 'ann', uid: '7', groups: ['staff'], extra: { scopes: ['all'] }, resourceAttributes: resource },
  ]);
});

test.each([[{ allowed: false }], [{ allowed: true, denied: true }], [{}]])('%j is a denial', async (status) => {
  const client = clientThat(() => status);
  expect(await reviewRequester(client, { userInfo, resource }, signal)).toEqual({ kind: 'denied' });
});

test('a review that fails is neither', async () => {
  const client = clientThat(() => {
    throw new Error('no API server');
  });
  expect(await reviewRequester(client, { userInfo, resource }, signal)).toEqual({
    kind: 'unknown',
    problem: 'no API server',
  });
});
