import { readdirSync, readFileSync } from 'node:fs';
import type { KubeObject } from '@ocm/api';
import { parseAllDocuments } from 'yaml';
import type { RequestSender } from './rights.ts';

const SAMPLES = new URL('../../api/test/samples/', import.meta.url);

/** A write as it goes over the wire. */
export interface Write {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body: object;
}

/** What the API server told somebody whose write it refused. */
export interface Refusal {
  /** HTTP status */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/**
 * The API server's answer to a write that it refuses.
 *
 * @throws Error when it lets the write in
 */
export async function refusalOf(
  client: RequestSender,
  { method, path, body }: Write,
  signal: AbortSignal,
): Promise<Refusal> {
  const answer = await client.request({ method, path, body, signal });
  if (answer.status < 400) throw new Error(`${method} ${path} was let in: ${answer.body}`);
  const { code, reason, message } = JSON.parse(answer.body) as Refusal;
  return { code, reason, message };
}

/** Whether a write fails with a KubeError `bad-request`, as it does when a webhook finds fault with the content. */
export function isRefused(write: Promise<unknown>): Promise<boolean> {
  return write.then(
    () => false,
    (error: unknown) => error instanceof Error && 'code' in error && error.code === 'bad-request',
  );
}

/** An object of which libs/api says whether a hub takes it. */
export interface AdmissionSample {
  readonly file: string;
  /** Who refuses it: `schema`, `CEL` or the name of a webhook; `undefined` when nobody does. */
  readonly layer: string | undefined;
  readonly object: KubeObject & { readonly kind: string };
}

/** The samples of libs/api that a hub takes, or refuses, as far as their file names match; in the order of these. */
export function admissionSamples(set: 'good' | 'refused', files: RegExp): readonly AdmissionSample[] {
  const directory = new URL(`${set}/`, SAMPLES);
  return readdirSync(directory)
    .filter((file) => files.test(file))
    .toSorted()
    .map((file) => {
      const text = readFileSync(new URL(file, directory), 'utf8');
      const object = parseAllDocuments(text)[0]?.toJS() as AdmissionSample['object'];
      return { file, object, layer: /^# layer: (\S+)$/m.exec(text)?.[1] };
    });
}
