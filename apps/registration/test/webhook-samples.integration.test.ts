import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { admissionWebhooks, ManagedCluster, ManagedClusterSetBinding, Namespace } from '@ocm/api';
import { type AdmissionSample, admissionSamples, refusalOf, type Write } from '@ocm/testing';
import { startWebhookLab, type WebhookLab } from './webhook-lab.ts';

const KINDS = { ManagedCluster, ManagedClusterSetBinding } as const;
const { clusterValidating, clusterSetBindingValidating } = admissionWebhooks;

const samples = (set: 'good' | 'refused'): readonly AdmissionSample[] =>
  admissionSamples(set, /^managed-cluster/).filter(({ object }) => Object.hasOwn(KINDS, object.kind));

const REFUSED = samples('refused').filter(({ layer }) =>
  [clusterValidating, clusterSetBindingValidating].some(({ name }) => name === layer),
);

let lab: WebhookLab;
beforeAll(async () => {
  lab = await startWebhookLab();
  for (const name of ['oslo', 'shop']) {
    await lab.admin.kind(Namespace).create({ metadata: { name } }, { signal: lab.signal });
  }
});
afterAll(async () => lab[Symbol.asyncDispose]());

function create({ object }: AdmissionSample): Write {
  const { group, version, plural, namespaced } = KINDS[object.kind as keyof typeof KINDS];
  const namespace = namespaced ? `/namespaces/${object.metadata.namespace ?? ''}` : '';
  return { method: 'POST', path: `/apis/${group}/${version}${namespace}/${plural}`, body: object };
}

test('there is a sample for each rule about content', () => {
  expect(REFUSED.map(({ file }) => file)).toEqual([
    'managed-cluster-dotted-name.yaml',
    'managed-cluster-plain-http.yaml',
    'managed-cluster-set-binding-name.yaml',
  ]);
});

test.each(REFUSED)('$file is refused by $layer', async (sample) => {
  const { code, message } = await refusalOf(lab.admin, create(sample), lab.signal);
  expect(message).toContain(`admission webhook "${sample.layer ?? ''}" denied the request: `);
  expect(code).toBe(400);
});

test.each(samples('good'))('$file is let in', async (sample) => {
  const { status, body } = await lab.admin.request({ ...create(sample), signal: lab.signal });
  expect(status < 300 ? '' : body).toBe('');
});
