import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { admissionWebhooks, type CustomResourceDefinition } from '@ocm/api';
import { type ControlPlane, startControlPlane } from '@ocm/testing';
import { adminClient, type ApiClient } from './api-client.ts';
import { readRefusedSamples, readSamples, writeSample } from './samples.ts';

const GOOD = readSamples(new URL('samples/good/', import.meta.url));
const REFUSED = readRefusedSamples(new URL('samples/refused/', import.meta.url));
const isChecked = ({ layer }: { readonly layer: string }): boolean => layer === 'schema' || layer === 'CEL';

const HEALTHY: Readonly<Record<string, string>> = {
  NamesAccepted: 'True',
  Established: 'True',
  KubernetesAPIApprovalPolicyConformant: 'True',
};

let plane: ControlPlane;
let client: ApiClient;

beforeAll(async () => {
  plane = await startControlPlane();
  client = await adminClient(plane);
  for (const name of ['oslo', 'shop']) {
    await client.send('POST', '/api/v1/namespaces', { metadata: { name } });
  }
});

afterAll(() => plane.stop());

test('the API server accepts all 19 definitions without a complaint about their schemas', async () => {
  const { body } = await client.send('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
  const crds = (body.items ?? []) as readonly CustomResourceDefinition[];
  const complaints = crds.flatMap(({ metadata, status }) =>
    (status?.conditions ?? [])
      .filter((condition) => condition.status !== HEALTHY[condition.type])
      .map((condition) => ({ crd: metadata.name, condition })),
  );
  expect(complaints).toEqual([]);
  expect(crds).toHaveLength(19);
});

describe('samples', () => {
  test('show every kind in every version', () => {
    const shown = new Set(
      GOOD.flatMap(({ objects }) => objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)),
    );
    expect(shown.size).toBe(23);
  });

  test.each(GOOD)('$name is accepted as it is, with its status', async (sample) => {
    const { status, body } = await writeSample(client, sample);
    expect(status < 300 ? undefined : body.message).toBeUndefined();
  });

  test.each(REFUSED.filter(isChecked))('$name is refused by the $layer, which names $field', async (sample) => {
    const { status, body } = await writeSample(client, sample);
    expect(status).toBe(422);
    expect(body.message).toContain(sample.field);
  });

  test.each(REFUSED.filter((sample) => !isChecked(sample)))(
    '$name gets past the schema and waits for $layer',
    async (sample) => {
      const webhooks: readonly string[] = Object.values(admissionWebhooks).map(({ name }) => name);
      expect(webhooks).toContain(sample.layer);
      expect((await writeSample(client, sample)).status).toBe(201);
    },
  );
});
