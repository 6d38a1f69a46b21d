import { Buffer } from 'node:buffer';
import { semanticEqual } from '@ocm/api';
import { type AnyObject, isJsonObject, type JsonObject } from '../manifest/any-object.ts';
import { type Comparison, type KindRules, RECREATE, SAME } from './comparison.ts';
import { withFields } from './enforce-fields.ts';
import { hasShapes } from './field-shape.ts';
import { mergeMetadata } from './merge-metadata.ts';

const DEFAULT_TYPE = 'Opaque';
const TOKEN_TYPE = 'kubernetes.io/service-account-token';

/** Secret: `data` and `type` (work 8.1). The type, and the content of an immutable secret, change only by making the secret anew. */
export const secretRules: KindRules = {
  fits: (manifest) => hasShapes(manifest, { data: 'texts', stringData: 'texts', type: 'text' }),
  prepare: foldStringData,
  compare: compareSecrets,
  recreateWhenImmutable: true,
};

function foldStringData(manifest: AnyObject): AnyObject {
  const { stringData: _stringData, metadata, ...rest } = manifest;
  const data = textsOf(manifest, 'data');
  const folded = Object.entries(textsOf(manifest, 'stringData')).map(([key, value]) => [key, encoded(value)] as const);
  for (const [key, value] of folded) {
    if (data[key] !== undefined && normalized(data[key]) !== value) {
      throw new Error(`Secret.stringData[${key}] conflicts with Secret.data[${key}]`);
    }
  }
  const type = manifest['type'] ?? '';
  return {
    ...rest,
    metadata,
    type: type === '' ? DEFAULT_TYPE : type,
    ...(folded.length === 0 ? {} : { data: { ...data, ...Object.fromEntries(folded) } }),
  };
}

function compareSecrets(required: AnyObject, live: AnyObject): Comparison {
  if (required['type'] !== (live['type'] ?? DEFAULT_TYPE)) return RECREATE;
  const wanted = textsOf(required, 'data');
  // The token controller adds keys of its own to the secrets that it fills.
  const data = required['type'] === TOKEN_TYPE ? { ...textsOf(live, 'data'), ...wanted } : wanted;
  const metadata = mergeMetadata(live.metadata, required.metadata);
  if (metadata === live.metadata && semanticEqual(normalizedAll(data), normalizedAll(textsOf(live, 'data'))))
    return SAME;
  return { kind: 'replace', object: withFields({ ...live, metadata }, { metadata, data }, ['data']) };
}

function normalizedAll(data: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, normalized(value)]));
}

// Line breaks and missing padding in a manifest make no difference.
function normalized(value: string): string {
  return Buffer.from(value, 'base64').toString('base64');
}

function encoded(value: string): string {
  return Buffer.from(value, 'utf8').toString('base64');
}

function textsOf(secret: AnyObject, field: 'data' | 'stringData'): Readonly<Record<string, string>> {
  const texts = secret[field];
  return isJsonObject(texts) ? (texts as Readonly<Record<string, string>>) : {};
}
