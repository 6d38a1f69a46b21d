import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyAndCertificate } from '@ocm/pki';
import type { TestPki } from './grpc-server.ts';

/** A directory with the configuration of a client, as an agent has it. */
export interface ClientFiles extends AsyncDisposable {
  readonly configPath: string;
  writePair(pair: KeyAndCertificate): Promise<void>;
}

/** @param extra further lines of the configuration */
export async function clientFiles(
  pki: TestPki,
  {
    port,
    pair,
    extra = [],
  }: { readonly port: number; readonly pair?: KeyAndCertificate; readonly extra?: readonly string[] },
): Promise<ClientFiles> {
  const directory = await mkdtemp(join(tmpdir(), 'events-client-'));
  const path = (name: string): string => join(directory, name);
  const writePair = async ({ certificatePem, privateKeyPem }: KeyAndCertificate): Promise<void> => {
    await writeFile(path('tls.crt'), certificatePem);
    await writeFile(path('tls.key'), privateKeyPem);
  };
  await writeFile(path('ca.crt'), pki.ca.certificatePem);
  if (pair !== undefined) await writePair(pair);
  const pairLines =
    pair === undefined ? [] : [`clientCertFile: ${path('tls.crt')}`, `clientKeyFile: ${path('tls.key')}`];
  const lines = [`url: 127.0.0.1:${port}`, `caFile: ${path('ca.crt')}`, ...pairLines, ...extra];
  await writeFile(path('config.yaml'), lines.join('\n'));
  return {
    configPath: path('config.yaml'),
    writePair,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}
