import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCertificateAuthority, type KeyAndCertificate } from '@ocm/pki';
import { isSameKeyPair } from '../connection-file/tls-files.ts';
import { channelCredentials, loadClientConfig, reloadKeyPair } from './client-credentials.ts';

describe('the credentials of a gRPC client', () => {
  let directory: string;
  let pair: KeyAndCertificate;
  const path = (name: string): string => join(directory, name);
  const configure = (lines: readonly string[]): Promise<void> => writeFile(path('config.yaml'), lines.join('\n'));

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'grpc-client-'));
    pair = await createCertificateAuthority({ commonName: 'ca', validityMs: 60_000, now: new Date() });
    await writeFile(path('ca.crt'), pair.certificatePem);
    await writeFile(path('tls.crt'), pair.certificatePem);
    await writeFile(path('tls.key'), pair.privateKeyPem);
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('are read from the files that the configuration names; a token loses its final newline', async () => {
    await writeFile(path('token'), 'secret\n');
    await configure([
      'url: hub:443',
      `caFile: ${path('ca.crt')}`,
      `clientCertFile: ${path('tls.crt')}`,
      `clientKeyFile: ${path('tls.key')}`,
      `tokenFile: ${path('token')}`,
    ]);
    const loaded = await loadClientConfig(path('config.yaml'));
    expect(loaded).toMatchObject({ ca: pair.certificatePem, keyPair: pair, token: 'secret' });
    expect(channelCredentials(loaded)._isSecure()).toBe(true);
    expect(isSameKeyPair(await reloadKeyPair(path('config.yaml')), loaded.keyPair)).toBe(true);
  });

  test('are none when only a CA is configured', async () => {
    await configure(['url: hub:443', `caFile: ${path('ca.crt')}`]);
    expect(channelCredentials(await loadClientConfig(path('config.yaml')))._isSecure()).toBe(false);
  });

  test.each([
    { lines: ['caData: aGFsbG8='], problem: /invalid CA$/ },
    { lines: ['caFile: /does/not/exist'], problem: /CA: cannot read \/does\/not\/exist$/ },
    { lines: ['caFile: CA', 'token: "two\\nlines"'], problem: /the token is empty or has characters no header takes$/ },
  ])('$lines are refused', async ({ lines, problem }) => {
    await configure(['url: hub:443', ...lines.map((line) => line.replace('CA', path('ca.crt')))]);
    await expect(loadClientConfig(path('config.yaml'))).rejects.toThrow(problem);
  });

  test('a configuration file that is not there is named', async () => {
    await expect(loadClientConfig(path('nope.yaml'))).rejects.toThrow(
      `configuration file: cannot read ${path('nope.yaml')}`,
    );
  });

  test('a key that does not belong to its certificate is refused without being quoted', async () => {
    const other = await createCertificateAuthority({ commonName: 'x', validityMs: 60_000, now: new Date() });
    await writeFile(path('tls.key'), other.privateKeyPem);
    await configure(['url: h', `clientCertFile: ${path('tls.crt')}`, `clientKeyFile: ${path('tls.key')}`]);
    const loaded = await loadClientConfig(path('config.yaml'));
    expect(() => channelCredentials(loaded)).toThrow(/^h: client certificate and key cannot be used$/);
  });
});
