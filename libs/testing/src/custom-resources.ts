import { readdir, readFile } from 'node:fs/promises';
import { crdDirectory, type CustomResourceDefinition } from '@ocm/api';
import { parse } from 'yaml';
import type { ConversionEndpoint } from './conversion-server.ts';
import type { JsonClient } from './json-request.ts';
import { until } from './until.ts';

const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const SERVED_WITHIN_MS = 90_000;

interface CrdList {
  readonly items: readonly CustomResourceDefinition[];
}

/**
 * Creates every CustomResourceDefinition of @ocm/api and waits until all are served; what converts by webhook calls
 * `conversion`. The API server may still be starting.
 */
export async function applyCustomResources(
  request: JsonClient,
  { conversion, signal }: { readonly conversion: ConversionEndpoint; readonly signal: AbortSignal },
): Promise<void> {
  const crds = (await readCrds()).map((crd) => withConversion(crd, conversion));
  const waiting = { deadlineMs: SERVED_WITHIN_MS, signal };
  await until(async () => (await request('GET', PATH)).status === 200, {
    ...waiting,
    describe: 'the API server takes CustomResourceDefinitions',
  });
  await Promise.all(crds.map((crd) => create(request, crd)));
  const names = new Set(crds.map((crd) => crd.metadata.name));
  await until(async () => expectEstablished((await request('GET', PATH)).body as CrdList, names), {
    ...waiting,
    describe: 'all CustomResourceDefinitions are established',
  });
}

async function readCrds(): Promise<readonly CustomResourceDefinition[]> {
  const directory = crdDirectory();
  const files = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, directory), 'utf8')));
  return texts.map((text) => parse(text) as CustomResourceDefinition);
}

async function create(request: JsonClient, crd: CustomResourceDefinition): Promise<void> {
  const { status, body } = await request('POST', PATH, crd);
  if (status !== 201) {
    throw new Error(`CustomResourceDefinition ${crd.metadata.name}: HTTP ${status} ${JSON.stringify(body)}`);
  }
}

function withConversion(crd: CustomResourceDefinition, endpoint: ConversionEndpoint): CustomResourceDefinition {
  const { conversion } = crd.spec;
  if (conversion?.webhook === undefined) return crd;
  const { url, caBundle } = endpoint;
  const webhook = { ...conversion.webhook, clientConfig: { url, caBundle } };
  return { ...crd, spec: { ...crd.spec, conversion: { ...conversion, webhook } } };
}

function expectEstablished({ items }: CrdList, names: ReadonlySet<string>): true {
  const waiting = items.filter((crd) => names.has(crd.metadata.name) && !isEstablished(crd));
  if (waiting.length > 0) throw new Error(`not established: ${waiting.map((crd) => crd.metadata.name).join(', ')}`);
  return true;
}

function isEstablished(crd: CustomResourceDefinition): boolean {
  return crd.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false;
}
