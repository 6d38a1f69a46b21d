import type { EmbeddedObject } from '@ocm/api';
import { expect, test } from '@jest/globals';
import { klusterletManifests } from './klusterlet-manifests.ts';
import { baseValues, DEFAULT_VALUES, overlayValues } from './klusterlet-values.ts';

const release = { namespace: 'open-cluster-management', version: 'v1.3.0' };
const render = (over: unknown = {}, to = release): readonly EmbeddedObject[] =>
  klusterletManifests(overlayValues(DEFAULT_VALUES, over), to);
const kinds = (objects: readonly EmbeddedObject[]): readonly string[] => objects.map(({ kind }) => kind);
const OPERATOR = ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Deployment'];

test.each<{ readonly what: string; readonly over: unknown; readonly want: readonly string[] }>([
  // The fifth object of a chart is its CRD, which is applied before these.
  { what: 'defaults', over: {}, want: [...OPERATOR, 'Klusterlet'] },
  {
    what: 'a bootstrap kubeconfig',
    over: { bootstrapHubKubeConfig: 'x' },
    want: ['Namespace', 'Secret', ...OPERATOR, 'Klusterlet'],
  },
  {
    what: 'a hosted mode with a bootstrap kubeconfig',
    over: { bootstrapHubKubeConfig: 'x', klusterlet: { mode: 'SingletonHosted' } },
    want: ['Namespace', 'Secret', 'Klusterlet'],
  },
  { what: 'a hosted mode', over: { klusterlet: { mode: 'Hosted' } }, want: ['Klusterlet'] },
  { what: 'no operator', over: { noOperator: true }, want: ['Klusterlet'] },
  { what: 'a priority class', over: { priorityClassName: 'high' }, want: ['PriorityClass', ...OPERATOR, 'Klusterlet'] },
])('$what: $want', ({ over, want }) => {
  expect(kinds(render(over))).toEqual(want);
});

test('an import has its namespace first, and the bootstrap secret in it', () => {
  const values = overlayValues(baseValues('c1'), { bootstrapHubKubeConfig: 'kubeconfig' });
  const objects = klusterletManifests(values, { ...release, namespace: 'open-cluster-management-agent' });
  expect(kinds(objects)).toEqual(['Namespace', 'Secret', ...OPERATOR, 'Klusterlet']);
  expect(objects[1]).toMatchObject({
    metadata: { name: 'bootstrap-hub-kubeconfig', namespace: 'open-cluster-management-agent' },
    data: { kubeconfig: Buffer.from('kubeconfig').toString('base64') },
  });
});

test('the Klusterlet names cluster, namespace, mode and images, and nothing that was not given', () => {
  expect(render({ klusterlet: { clusterName: 'c1' } }).at(-1)).toEqual({
    apiVersion: 'operator.open-cluster-management.io/v1',
    kind: 'Klusterlet',
    metadata: { name: 'klusterlet' },
    spec: {
      clusterName: 'c1',
      namespace: 'open-cluster-management-agent',
      deployOption: { mode: 'Singleton' },
      registrationImagePullSpec: 'quay.io/open-cluster-management/registration:v1.3.0',
      workImagePullSpec: 'quay.io/open-cluster-management/work:v1.3.0',
      imagePullSpec: 'quay.io/open-cluster-management/registration-operator:v1.3.0',
      resourceRequirement: { type: 'Default' },
    },
  });
});

test('whole image names win, and hosted Klusterlets are named after their cluster', () => {
  const klusterlet = render({
    images: { tag: 'v9', overrides: { operatorImage: 'mine/operator:1' } },
    klusterlet: { mode: 'Hosted', name: '', clusterName: 'c1' },
  }).at(-1);
  expect(klusterlet).toMatchObject({
    metadata: { name: 'klusterlet-c1' },
    spec: {
      namespace: 'open-cluster-management-c1',
      registrationImagePullSpec: 'quay.io/open-cluster-management/registration:v9',
      imagePullSpec: 'mine/operator:1',
    },
  });
});

test.each([
  { given: { userName: 'u', password: 'p' }, want: `{"auths":{"quay.io/open-cluster-management":{"auth":"dTpw"}}}` },
  { given: { dockerConfigJson: '{"auths":{}}' }, want: '{"auths":{}}' },
  { given: {}, want: '{}' },
])('the pull secret from $given', ({ given, want }) => {
  const secret = render({ images: { imageCredentials: { createImageCredentials: true, ...given } } }).find(
    ({ kind }) => kind === 'Secret',
  ) as EmbeddedObject & { readonly data: Readonly<Record<string, string>> };
  expect(Buffer.from(secret.data['.dockerconfigjson'] ?? '', 'base64').toString()).toBe(want);
});
