import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { admissionWebhooks, type KubeObject, Namespace } from '@ocm/api';
import { parseAllDocuments } from 'yaml';
import { refusalOf, startWebhookLab, type WebhookLab, type Write } from './webhook-lab.ts';

const SAMPLES = new URL('../../../libs/api/test/samples/', import.meta.url);
const { workValidating } = admissionWebhooks;

interface Sample {
  readonly file: string;
  readonly layer: string | undefined;
  readonly object: KubeObject;
}

function samplesIn(directory: string): readonly Sample[] {
  return readdirSync(new URL(directory, SAMPLES))
    .filter((file) => /^manifest-work(?!-replica-set)/.test(file))
    .map((file) => {
      const text = readFileSync(new URL(directory + file, SAMPLES), 'utf8');
      const object = parseAllDocuments(text)[0]?.toJS() as Sample['object'];
      return { file, object, layer: /^# layer: (\S+)$/m.exec(text)?.[1] };
    });
}

const REFUSED = samplesIn('refused/').filter(({ layer }) => layer === workValidating.name);

let lab: WebhookLab;
beforeAll(async () => {
  lab = await startWebhookLab();
  for (const name of ['oslo', 'shop']) {
    await lab.admin.kind(Namespace).create({ metadata: { name } }, { signal: lab.signal });
  }
});
afterAll(async () => lab[Symbol.asyncDispose]());

function creating({ object }: Sample): Write {
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

test.each(samplesIn('good/'))('$file is let in', async (sample) => {
  const { status, body } = await lab.admin.request({ ...creating(sample), signal: lab.signal });
  expect(status < 300 ? '' : body).toBe('');
});
