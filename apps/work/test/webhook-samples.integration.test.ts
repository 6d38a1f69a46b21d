import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { admissionWebhooks, Namespace } from '@ocm/api';
import { type AdmissionSample, admissionSamples, refusalOf, type Write } from '@ocm/testing';
import { startWebhookLab, type WebhookLab } from './webhook-lab.ts';

const { workValidating } = admissionWebhooks;

const WORKS = /^manifest-work(?!-replica-set)/;
const REFUSED = admissionSamples('refused', WORKS).filter(({ layer }) => layer === workValidating.name);

let lab: WebhookLab;
beforeAll(async () => {
  lab = await startWebhookLab();
  for (const name of ['oslo', 'shop']) {
    await lab.admin.kind(Namespace).create({ metadata: { name } }, { signal: lab.signal });
  }
});
afterAll(async () => lab[Symbol.asyncDispose]());

function creating({ object }: AdmissionSample): Write {
  const path = `/apis/work.open-cluster-management.io/v1/namespaces/${object.metadata.namespace ?? ''}/manifestworks`;
  return { method: 'POST', path, body: object };
}

test('there is a sample for each rule about content', () => {
  expect(REFUSED.map(({ file }) => file)).toEqual([
    'manifest-work-empty.yaml',
    'manifest-work-executor.yaml',
    'manifest-work-generate-name.yaml',
    'manifest-work-manifest-twice.yaml',
  ]);
});

test.each(REFUSED)('$file is refused by $layer', async (sample) => {
  const { code, message } = await refusalOf(lab.admin, creating(sample), lab.signal);
  expect(message).toContain(`admission webhook "${workValidating.name}" denied the request: `);
  expect(code).toBe(400);
});

test.each(admissionSamples('good', WORKS))('$file is let in', async (sample) => {
  const { status, body } = await lab.admin.request({ ...creating(sample), signal: lab.signal });
  expect(status < 300 ? '' : body).toBe('');
});
