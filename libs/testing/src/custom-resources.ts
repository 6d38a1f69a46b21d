import { readdir, readFile } from 'node:fs/promises';
import { crdDirectory, type CustomResourceDefinition } from '@ocm/api';
import { parse } from 'yaml';
import type { ConversionEndpoint } from './conversion-server.ts';
import type { JsonAnswer, JsonClient } from './json-request.ts';
import { until, type UntilOptions } from './until.ts';

const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const SERVED_WITHIN_MS = 90_000;

interface CrdList {
  readonly items: readonly CustomResourceDefinition[];
}

type Waiting = Omit<UntilOptions, 'describe'>;

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
  await Promise.all(crds.map((crd) => create(request, crd, waiting)));
  const names = new Set(crds.map((crd) => crd.metadata.name));
  await until(async () => expectEstablished((await request('GET', PATH)).body as CrdList, names), {
    ...waiting,
    describe: 'all CustomResourceDefinitions are established',
  });
  await Promise.all(crds.flatMap(collectionsOf).map((path) => isServed(request, path, waiting)));
}

async function readCrds(): Promise<readonly CustomResourceDefinition[]> {
  const directory = crdDirectory();
  const files = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, directory), 'utf8')));
  return texts.map((text) => parse(text) as CustomResourceDefinition);
}

async function create(request: JsonClient, crd: CustomResourceDefinition, waiting: Waiting): Promise<void> {
  const { name } = crd.metadata;
  const { status, body } = await until(
    async () => {
      const answer = await request('POST', PATH, crd);
      if (isNotReady(answer)) throw new Error(`HTTP ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer;
    },
    { ...waiting, describe: `the API server takes the CustomResourceDefinition ${name}` },
  );
  // 409: it was made by an attempt whose answer was lost.
  if (![201, 409].includes(status)) {
    throw new Error(`CustomResourceDefinition ${name}: HTTP ${status} ${JSON.stringify(body)}`);
  }
}

/** While it starts, admission forbids everything (403), or etcd is not reached in time. */
function isNotReady({ status }: JsonAnswer): boolean {
  return status === 403 || status === 429 || status >= 500;
}

function collectionsOf({ spec: { group, names, versions } }: CustomResourceDefinition): readonly string[] {
  return versions.flatMap(({ name, served }) => (served ? [`/apis/${group}/${name}/${names.plural}`] : []));
}

/** The handler of a new kind learns that it is established a little later than whoever asks. */
async function isServed(request: JsonClient, path: string, waiting: Waiting): Promise<void> {
  await until(async () => (await request('GET', `${path}?limit=1`)).status === 200, {
    ...waiting,
    describe: `the API server serves ${path}`,
  });
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
