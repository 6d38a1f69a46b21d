import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryDirectory } from '../../test/certificate-files.ts';
import { readServingInfo } from './serving-info.ts';

async function read(content: string): Promise<object> {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'config.yaml');
  await writeFile(path, content);
  return await readServingInfo(path);
}

test.each([
  ['', { minTLSVersion: undefined, cipherSuites: undefined }],
  ['kind: GenericOperatorConfig\nservingInfo:\n', { minTLSVersion: undefined, cipherSuites: undefined }],
  [
    'servingInfo:\n  bindAddress: 0.0.0.0:1\n  minTLSVersion: VersionTLS13\n  cipherSuites: [A, B]\n',
    { minTLSVersion: 'VersionTLS13', cipherSuites: ['A', 'B'] },
  ],
  ['{"servingInfo":{"minTLSVersion":""}}', { minTLSVersion: undefined, cipherSuites: undefined }],
])('%j', async (content, want) => {
  expect(await read(content)).toEqual(want);
});

test.each([
  ['servingInfo: [', /cannot read the file of --config, .*config\.yaml: /],
  ['servingInfo: 5', /config\.yaml: servingInfo must be a map/],
  ['servingInfo: {minTLSVersion: 1.2}', /servingInfo\.minTLSVersion must be a text/],
  ['servingInfo: {cipherSuites: A}', /servingInfo\.cipherSuites must be a list/],
])('%j is refused', async (content, want) => {
  await expect(read(content)).rejects.toThrow(want);
});

test('a missing file is named', async () => {
  await expect(readServingInfo('/nowhere.yaml')).rejects.toThrow(/--config, \/nowhere\.yaml: ENOENT/);
});
