import { expect, test } from '@jest/globals';
import type { CustomResourceDefinition } from '@ocm/api';
import { applyCustomResources } from './custom-resources.ts';
import type { JsonAnswer, JsonClient } from './json-request.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const CLUSTERS = 'managedclusters.cluster.open-cluster-management.io';
const options = {
  conversion: { url: 'https://127.0.0.1/convert', caBundle: '' },
  signal: new AbortController().signal,
};

function client(answer: (method: string, path: string, body: unknown) => JsonAnswer): JsonClient {
  const send = (method: string, path: string, body?: unknown): Promise<JsonAnswer> =>
    Promise.resolve(answer(method, path, body));
  return Object.assign(send, { close: () => undefined });
}

const isEstablished = { conditions: [{ type: 'Established', status: 'True' }] };

test('what an API server that starts refuses is asked for again, until it serves every version', async () => {
  const created: CustomResourceDefinition[] = [];
  const asked: string[] = [];
  const refusals = [403, 429, 500];
  const server = client((method, path, body) => {
    if (method === 'GET' && path === CRDS) {
      return { status: 200, body: { items: created.map((crd) => ({ ...crd, status: isEstablished })) } };
    }
    if (method === 'GET') {
      asked.push(path);
      return { status: asked.filter((each) => each === path).length < 2 ? 404 : 200, body: {} };
    }
    const crd = body as CustomResourceDefinition;
    const status = crd.metadata.name === CLUSTERS ? refusals.shift() : undefined;
    if (status === undefined) created.push(crd);
    return { status: status ?? 201, body: {} };
  });
  await applyCustomResources(server, options);
  expect(new Set(created.map(({ metadata }) => metadata.name)).size).toBe(19);
  const versions = created.flatMap(({ spec }) => spec.versions).filter(({ served }) => served);
  expect(asked).toHaveLength(2 * versions.length);
  expect(asked).toContain('/apis/cluster.open-cluster-management.io/v1/managedclusters?limit=1');
});

test('a definition that the API server finds fault with is an error', async () => {
  const server = client((method) => ({ status: method === 'GET' ? 200 : 422, body: { items: [] } }));
  await expect(applyCustomResources(server, options)).rejects.toThrow(/^CustomResourceDefinition .*: HTTP 422/);
});
