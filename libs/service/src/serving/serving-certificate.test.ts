import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '@ocm/kube';
import { type KeyAndCertificate, parseCertificates } from '@ocm/pki';
import { until } from '@ocm/testing';
import { aServingCertificate, temporaryDirectory, writeCertificate } from '../../test/certificate-files.ts';
import { recordedLog } from '../../test/recorded-log.ts';
import { type CertificateSource, followServingCertificate, loadServingCertificate } from './serving-certificate.ts';

function source(directory: string, over: Partial<CertificateSource> = {}): CertificateSource {
  return { directory, whenAbsent: 'self-signed', clock: systemClock, log: recordedLog().log, intervalMs: 5, ...over };
}

const nameOf = ({ certificatePem }: KeyAndCertificate): string | undefined =>
  parseCertificates(certificatePem)[0]?.subject.commonName;

describe('loadServingCertificate', () => {
  test('serves what the files hold', async () => {
    await using directory = await temporaryDirectory();
    await writeCertificate(directory.path, await aServingCertificate('mounted'));
    expect(nameOf(await loadServingCertificate(source(directory.path)))).toBe('mounted');
  });

  test('without files makes a certificate of its own, or refuses', async () => {
    expect(nameOf(await loadServingCertificate(source('/nowhere')))).toBe('localhost');
    await expect(loadServingCertificate(source('/nowhere', { whenAbsent: 'fail' }))).rejects.toMatchObject({
      name: 'ConfigError',
      message: 'cannot serve TLS: /nowhere/tls.crt does not exist',
    });
  });

  test.each([
    { what: 'a key of another certificate', file: 'tls.key', content: 'other', want: 'do not belong together' },
    { what: 'rubbish', file: 'tls.crt', content: 'rubbish', want: 'cannot be parsed' },
  ])('$what is refused', async ({ file, content, want }) => {
    await using directory = await temporaryDirectory();
    await writeCertificate(directory.path, await aServingCertificate('mounted'));
    const text = content === 'other' ? (await aServingCertificate('other')).privateKeyPem : content;
    await writeFile(join(directory.path, file), text);
    await expect(loadServingCertificate(source(directory.path))).rejects.toThrow(want);
  });
});

describe('followServingCertificate', () => {
  test('hands over every new pair, passes over half a pair, keeps the last when the files vanish', async () => {
    await using directory = await temporaryDirectory();
    const first = await aServingCertificate('first');
    await writeCertificate(directory.path, first);
    const { log, lines } = recordedLog();
    const seen: (string | undefined)[] = [];
    const stop = new AbortController();
    const following = followServingCertificate(
      source(directory.path, { log }),
      { served: first, replace: (pair) => seen.push(nameOf(pair)) },
      stop.signal,
    );
    const second = await aServingCertificate('second');
    await writeFile(join(directory.path, 'tls.crt'), second.certificatePem);
    await until(() => lines().some(({ level }) => level === 'warn'), { describe: 'the half pair is complained about' });
    expect(seen).toEqual([]);
    await writeFile(join(directory.path, 'tls.key'), second.privateKeyPem);
    await until(() => seen.length > 0, { describe: 'the second certificate is served' });
    await rm(join(directory.path, 'tls.crt'));
    const third = await aServingCertificate('third');
    await writeCertificate(directory.path, third);
    await until(() => seen.length > 1, { describe: 'the third certificate is served' });
    stop.abort();
    await following;
    expect(seen).toEqual(['second', 'third']);
    expect(JSON.stringify(lines())).not.toContain('PRIVATE KEY');
  });
});
