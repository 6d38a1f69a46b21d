import { type Clock, systemClock } from '@ocm/kube';
import {
  type CertificateAuthority,
  type CertificateUsage,
  createCertificateAuthority,
  issueKeyAndCertificate,
  type KeyAndCertificate,
} from '@ocm/pki';
import { expect, test } from '@jest/globals';
import { httpsGet } from '../../test/https-get.ts';
import { recordedLog } from '../../test/recorded-log.ts';
import { type FullRequest, openListener } from './http-listener.ts';
import type { ClientAuthorities, Listener } from './open-server.ts';
import { tlsSettings } from './tls-settings.ts';

/** Answers with what `tell` says of the request. */
function listen(
  tell: (request: FullRequest) => unknown,
  {
    clientAuthorities,
    clock = systemClock,
  }: { readonly clientAuthorities?: ClientAuthorities; readonly clock?: Clock } = {},
): Promise<Listener> {
  return openListener({
    address: { host: '127.0.0.1', port: 0 },
    tls: {
      settings: tlsSettings(undefined, []),
      certificate: { directory: '/nowhere', whenAbsent: 'self-signed' },
      ...(clientAuthorities === undefined ? {} : { clientAuthorities }),
    },
    answer: async (request) => ({ status: 200, body: JSON.stringify(await tell(request)) }),
    clock,
    log: recordedLog().log,
  });
}

function anAuthority(commonName: string): Promise<CertificateAuthority> {
  return createCertificateAuthority({ commonName, validityMs: 3_600_000, now: new Date(Date.now() - 60_000) });
}

function issueTo(
  commonName: string,
  ca: CertificateAuthority,
  usage: CertificateUsage = 'client',
): Promise<KeyAndCertificate> {
  return issueKeyAndCertificate(ca, {
    commonName,
    organizations: [],
    usages: [usage],
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 600_000),
  });
}

function whoAsks({ clientCertificate: shown }: FullRequest): unknown {
  return shown === undefined ? 'nobody' : [shown.certificate.subject, shown.isTrusted];
}

test.each([
  { body: 'ä'.repeat(5), headers: {}, want: { kind: 'read', text: 'ä'.repeat(5) } },
  { body: 'x'.repeat(11), headers: {}, want: { kind: 'too-large' } },
  { body: 'x'.repeat(11), headers: { 'transfer-encoding': 'chunked' }, want: { kind: 'too-large' } },
  { body: '', headers: {}, want: { kind: 'read', text: '' } },
])('of a body no more than the limit is read: "$body" $headers', async ({ body, headers, want }) => {
  await using listener = await listen((request) => request.readBody(10));
  const answer = await httpsGet(listener.port, '/', { method: 'POST', body, headers });
  expect(JSON.parse(answer.body)).toEqual(want);
});

test('whoever sends far too much gets an answer, and so do others after that', async () => {
  await using listener = await listen((request) => request.readBody(1000));
  const sent = { method: 'POST', body: 'x'.repeat(5_000_000), headers: { 'transfer-encoding': 'chunked' } };
  expect((await httpsGet(listener.port, '/', sent)).body).toBe('{"kind":"too-large"}');
  expect((await httpsGet(listener.port, '/', { method: 'POST', body: 'x' })).body).toContain('"x"');
});

test('a client certificate is shown to the answer, with whether it is trusted now', async () => {
  const [known, other] = await Promise.all([anAuthority('known'), anAuthority('other')]);
  const [jane, eve, server] = await Promise.all([
    issueTo('jane', known),
    issueTo('eve', other),
    issueTo('server', known, 'server'),
  ]);
  let trusted = [known.certificatePem];
  const listeners: (() => void)[] = [];
  const clientAuthorities: ClientAuthorities = {
    current: () => trusted,
    onChange(listener) {
      listeners.push(listener);
      return () => undefined;
    },
  };
  await using listener = await listen(whoAsks, { clientAuthorities });
  const ask = async (who: KeyAndCertificate): Promise<unknown> =>
    JSON.parse((await httpsGet(listener.port, '/', { cert: who.certificatePem, key: who.privateKeyPem })).body);
  expect(JSON.parse((await httpsGet(listener.port, '/')).body)).toBe('nobody');
  expect([await ask(jane), await ask(eve), await ask(server)]).toEqual([
    ['CN=jane', true],
    ['CN=eve', false],
    ['CN=server', false],
  ]);
  trusted = [];
  for (const changed of listeners) changed();
  expect(await ask(jane)).toEqual(['CN=jane', false]);
});

test('a certificate that expires while its connection lasts is not trusted any more', async () => {
  const known = await anAuthority('known');
  const jane = await issueTo('jane', known);
  const clientAuthorities: ClientAuthorities = {
    current: () => [known.certificatePem],
    onChange: () => () => undefined,
  };
  let nowMs = Date.now();
  const clock: Clock = { ...systemClock, now: () => new Date(nowMs) };
  await using listener = await listen(whoAsks, { clientAuthorities, clock });
  const ask = async (): Promise<string> =>
    (await httpsGet(listener.port, '/', { cert: jane.certificatePem, key: jane.privateKeyPem })).body;
  expect(await ask()).toBe('["CN=jane",true]');
  nowMs += 601_000;
  expect(await ask()).toBe('["CN=jane",false]');
});

test('a server that does not ask for certificates sees none', async () => {
  const ca = await anAuthority('known');
  await using listener = await listen(({ clientCertificate }) => clientCertificate ?? 'nobody');
  const { body } = await httpsGet(listener.port, '/', { cert: ca.certificatePem, key: ca.privateKeyPem });
  expect(body).toBe('"nobody"');
});
