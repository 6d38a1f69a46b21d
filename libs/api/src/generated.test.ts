import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readCrds, type Schema } from '../generate/crd-schema.ts';
import { generatedFiles } from '../generate/generated-files.ts';
import { crdDirectory } from './crd-directory.ts';

const GENERATED = new URL('generated/', import.meta.url);

test('generated types are those of the CRDs; otherwise run "npm run generate"', () => {
  const present = readdirSync(GENERATED).map((name) => [name, readFileSync(new URL(name, GENERATED), 'utf8')]);
  expect(Object.fromEntries(present)).toEqual(Object.fromEntries(generatedFiles(crdDirectory())));
});

test('every field of every CRD has a description', () => {
  const silent = readCrds(crdDirectory()).flatMap(({ kind, schema }) => undescribed(schema, kind));
  expect(silent).toEqual([]);
});

/** Paths of the properties without description. The API server allows none on `metadata`. */
function undescribed(schema: Schema, path: string): readonly string[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const at = `${path}.${name}`;
    const own = property.description === undefined && name !== 'metadata' ? [at] : [];
    return [...own, ...undescribed(property, at)];
  });
  return schema.items ? [...below, ...undescribed(schema.items, `${path}[]`)] : below;
}
