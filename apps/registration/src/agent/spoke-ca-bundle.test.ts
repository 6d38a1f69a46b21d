import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spokeCaBundle } from './spoke-ca-bundle.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ca-bundle-'));
  await writeFile(join(directory, 'ca.crt'), 'PEM');
});
afterAll(() => rm(directory, { recursive: true }));

const kubeconfig = (cluster: string): string => `current-context: x
contexts: [{name: x, context: {cluster: x}}]
clusters: [{name: x, cluster: {server: "https://x", ${cluster}}}]
`;
const UEVN = Buffer.from('PEM').toString('base64');

test('[registration 7] inline data come first, then the file, wherever it is meant to be', async () => {
  const bundle = (cluster: string): Promise<string | undefined> =>
    spokeCaBundle({ kind: 'text', text: kubeconfig(cluster), directory });
  await expect(bundle('certificate-authority-data: QUJD, certificate-authority: ca.crt')).resolves.toBe('QUJD');
  await expect(bundle('certificate-authority: ca.crt')).resolves.toBe(UEVN);
  await expect(bundle(`certificate-authority: ${join(directory, 'ca.crt')}`)).resolves.toBe(UEVN);
  await expect(bundle('insecure-skip-tls-verify: true')).resolves.toBeUndefined();
});

test('in a pod it is that of the service account', async () => {
  await expect(spokeCaBundle({ kind: 'in-cluster', host: 'h', port: '1', directory })).resolves.toBe(UEVN);
});

test('a file that cannot be read is an error that names it', async () => {
  const text = kubeconfig('certificate-authority: none.crt');
  await expect(spokeCaBundle({ kind: 'text', text, directory })).rejects.toThrow(join(directory, 'none.crt'));
});
