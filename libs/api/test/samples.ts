import { readdirSync, readFileSync } from 'node:fs';
import { crdDirectory, type CustomResourceDefinition, type KubeObject } from '@ocm/api';
import { parse, parseAllDocuments } from 'yaml';
import type { Answer, ApiClient } from './api-client.ts';

/** A file with one object or several, to be written in order. */
export interface Sample {
  readonly name: string;
  readonly objects: readonly SampleObject[];
}

/** A sample that must not get in. The first lines of the file say who refuses it, and which field is wrong. */
export interface RefusedSample extends Sample {
  /** `schema`, `CEL`, or the name of the webhook. */
  readonly layer: string;
  readonly field: string;
}

interface SampleObject extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly status?: unknown;
}

interface Served {
  readonly path: (object: SampleObject) => string;
  readonly hasStatus: boolean;
}

/** The samples of a directory, by name. */
export function readSamples(directory: URL): readonly Sample[] {
  return readdirSync(directory).map((name) => ({ name, objects: readObjects(new URL(name, directory)) }));
}

/** The samples of a directory that must not get in. */
export function readRefusedSamples(directory: URL): readonly RefusedSample[] {
  return readSamples(directory).map((sample) => {
    const text = readFileSync(new URL(sample.name, directory), 'utf8');
    const header = /^# layer: (?<layer>\S+)\n# field: (?<field>\S+)\n/.exec(text)?.groups;
    if (!header?.['layer'] || !header['field'])
      throw new Error(`${sample.name} does not begin with its layer and field`);
    return { ...sample, layer: header['layer'], field: header['field'] };
  });
}

function readObjects(file: URL): readonly SampleObject[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as SampleObject);
}

/**
 * Writes the objects of a sample in order, each with its status, and stops at the first refusal. Unknown fields are refused too.
 */
export async function writeSample(client: ApiClient, { objects }: Pick<Sample, 'objects'>): Promise<Answer> {
  let answer: Answer | undefined;
  for (const object of objects) {
    answer = await writeObject(client, object);
    if (answer.status >= 300) return answer;
  }
  if (!answer) throw new Error('the sample is empty');
  return answer;
}

async function writeObject(client: ApiClient, object: SampleObject): Promise<Answer> {
  const served = SERVED.get(`${object.apiVersion} ${object.kind}`);
  if (!served) throw new Error(`no CRD serves ${object.apiVersion} ${object.kind}`);
  const path = served.path(object);
  const main = await writeMain(client, path, object);
  if (main.status >= 300 || object.status === undefined || !served.hasStatus) return main;
  const seen = { ...object, metadata: main.body.metadata };
  return client.send('PUT', `${path}/${object.metadata.name}/status?fieldValidation=Strict`, seen);
}

async function writeMain(client: ApiClient, path: string, object: SampleObject): Promise<Answer> {
  const created = await client.send('POST', `${path}?fieldValidation=Strict`, object);
  if (created.status !== 409) return created;
  const present = await client.send('GET', `${path}/${object.metadata.name}`);
  const { resourceVersion } = present.body.metadata;
  const next = { ...object, metadata: { ...object.metadata, resourceVersion } };
  return client.send('PUT', `${path}/${object.metadata.name}?fieldValidation=Strict`, next);
}

const SERVED: ReadonlyMap<string, Served> = new Map(
  readdirSync(crdDirectory()).flatMap((name) => {
    const { spec } = parse(readFileSync(new URL(name, crdDirectory()), 'utf8')) as CustomResourceDefinition;
    return spec.versions.map((version): [string, Served] => {
      const root = `/apis/${spec.group}/${version.name}`;
      const path = ({ metadata }: SampleObject): string =>
        spec.scope === 'Cluster'
          ? `${root}/${spec.names.plural}`
          : `${root}/namespaces/${metadata.namespace ?? ''}/${spec.names.plural}`;
      return [
        `${spec.group}/${version.name} ${spec.names.kind}`,
        { path, hasStatus: version.subresources !== undefined },
      ];
    });
  }),
);
