import { expect, test } from '@jest/globals';
import type { PolicyRule } from '@ocm/api';
import { grantRights, type RequestSender } from './rights.ts';

const { signal } = new AbortController();
const RULES: readonly PolicyRule[] = [
  { apiGroups: ['a.example'], resources: ['things/status'], verbs: ['update'], resourceNames: ['one'] },
];

/** An API server that refuses at first, as one whose cache is behind. */
function server(options: { readonly refusals?: number; readonly creation?: number } = {}) {
  const { refusals = 0, creation = 201 } = options;
  const asked: { path: string; body: unknown }[] = [];
  const client: RequestSender = {
    async request({ path, body }) {
      asked.push({ path, body });
      if (!path.endsWith('/subjectaccessreviews')) return { status: creation, body: 'no' };
      const reviews = asked.filter((each) => each.path === path).length;
      return { status: 201, body: JSON.stringify({ status: { allowed: reviews > refusals } }) };
    },
  };
  return { client, asked };
}

const review = (spec: object): object => ({
  path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec },
});

test('rights are there for all of the cluster when the API server says that it knows them', async () => {
  const { client, asked } = server({ refusals: 2 });
  await grantRights(client, { name: 'r', to: { user: 'ann' }, rules: RULES }, signal);
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const apiGroup = 'rbac.authorization.k8s.io';
  const question = review({
    user: 'ann',
    resourceAttributes: {
      group: 'a.example',
      resource: 'things',
      subresource: 'status',
      verb: 'update',
      name: 'one',
      namespace: undefined,
    },
  });
  expect(asked).toEqual([
    {
      path: `/apis/${apiVersion}/clusterroles`,
      body: { apiVersion, kind: 'ClusterRole', metadata: { name: 'r' }, rules: RULES },
    },
    {
      path: `/apis/${apiVersion}/clusterrolebindings`,
      body: {
        apiVersion,
        kind: 'ClusterRoleBinding',
        metadata: { name: 'r' },
        roleRef: { apiGroup, kind: 'ClusterRole', name: 'r' },
        subjects: [{ apiGroup, kind: 'User', name: 'ann' }],
      },
    },
    question,
    question,
    question,
  ]);
});

test('rights of a group in a namespace; what is there already stays', async () => {
  const { client, asked } = server({ creation: 409 });
  await grantRights(client, { name: 'r', to: { group: 'g' }, rules: RULES, namespace: 'n' }, signal);
  expect(asked.map(({ path }) => path)).toEqual([
    '/apis/rbac.authorization.k8s.io/v1/namespaces/n/roles',
    '/apis/rbac.authorization.k8s.io/v1/namespaces/n/rolebindings',
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  ]);
  expect(asked.at(-1)?.body).toMatchObject({ spec: { groups: ['g'], resourceAttributes: { namespace: 'n' } } });
});

test('an API server that does not take the role is quoted', async () => {
  const { client } = server({ creation: 422 });
  await expect(grantRights(client, { name: 'r', to: { user: 'ann' }, rules: RULES }, signal)).rejects.toThrow(
    'creating ClusterRole r: 422 no',
  );
});
