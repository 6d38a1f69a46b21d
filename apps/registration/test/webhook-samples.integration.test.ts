import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { admissionWebhooks, type KubeObject, ManagedCluster, ManagedClusterSetBinding, Namespace } from '@ocm/api';
import { parseAllDocuments } from 'yaml';
import { refusalOf, startWebhookLab, type WebhookLab, type Write } from './webhook-lab.ts';

const SAMPLES = new URL('../../../libs/api/test/samples/', import.meta.url);
const KINDS = { ManagedCluster, ManagedClusterSetBinding } as const;
const { clusterValidating, clusterSetBindingValidating } = admissionWebhooks;

interface Sample {
  readonly file: string;
  readonly layer: string | undefined;
  readonly object: KubeObject & { readonly kind: string };
}

function samplesIn(directory: string): readonly Sample[] {
  return readdirSync(new URL(directory, SAMPLES))
    .filter((file) => file.startsWith('managed-cluster'))
    .map((file) => {
      const text = readFileSync(new URL(directory + file, SAMPLES), 'utf8');
      const object = parseAllDocuments(text)[0]?.toJS() as Sample['object'];
      return { file, object, layer: /^# layer: (\S+)$/m.exec(text)?.[1] };
    })
    .filter(({ object }) => Object.hasOwn(KINDS, object.kind));
}

const REFUSED = samplesIn('refused/').filter(({ layer }) =>
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

function create({ object }: Sample): Write {
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

test.each(samplesIn('good/'))('$file is let in', async (sample) => {
  const { status, body } = await lab.admin.request({ ...create(sample), signal: lab.signal });
  expect(status < 300 ? '' : body).toBe('');
});
