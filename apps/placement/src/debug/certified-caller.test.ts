import { X509Certificate } from 'node:crypto';
import type { ConfigMap } from '@ocm/api';
import { type CertificateAuthority, createCertificateAuthority, issueKeyAndCertificate } from '@ocm/pki';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { certificateRules, RULES_REF } from './certificate-rules.ts';
import { certifiedCaller } from './certified-caller.ts';

let users: CertificateAuthority;
let proxies: CertificateAuthority;

beforeAll(async () => {
  // The same name, other keys: only the signature tells them apart.
  [users, proxies] = await Promise.all([anAuthority(), anAuthority()]);
});

function anAuthority(): Promise<CertificateAuthority> {
  return createCertificateAuthority({
    commonName: 'authority',
    validityMs: 3_600_000,
    now: new Date(Date.now() - 60_000),
  });
}

async function certificateOf(
  ca: CertificateAuthority,
  commonName: string,
  organizations: readonly string[] = [],
): Promise<X509Certificate> {
  const { certificatePem } = await issueKeyAndCertificate(ca, {
    commonName,
    organizations,
    usages: ['client'],
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 600_000),
  });
  return new X509Certificate(certificatePem);
}

function published(over: Readonly<Record<string, string>> = {}): ConfigMap {
  return {
    metadata: RULES_REF,
    data: {
      'client-ca-file': users.certificatePem,
      'requestheader-client-ca-file': proxies.certificatePem,
      'requestheader-allowed-names': '["front-proxy"]',
      'requestheader-username-headers': '["X-Remote-User","X-Other-User"]',
      'requestheader-uid-headers': '["X-Remote-Uid"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
      ...over,
    },
  };
}

const JANE = { 'x-remote-user': ['jane'] };

describe('a certificate of a user', () => {
  test('has the name as common name and the groups as organizations', async () => {
    const shown = { certificate: await certificateOf(users, 'jane', ['dev', 'ops']), isTrusted: true };
    expect(certifiedCaller({ clientCertificate: shown, headers: JANE }, certificateRules(published()))).toEqual({
      kind: 'caller',
      caller: { username: 'jane', groups: ['dev', 'ops', 'system:authenticated'] },
    });
  });

  test.each([
    { what: 'that TLS does not trust', isTrusted: false, name: 'jane', data: {} },
    { what: 'without a name', isTrusted: true, name: '', data: {} },
    { what: 'while the hub has published nothing', isTrusted: true, name: 'jane', data: { 'client-ca-file': '' } },
    { what: 'while what is published makes no sense', isTrusted: true, name: 'jane', data: { 'client-ca-file': 'x' } },
  ])('$what proves nothing', async ({ isTrusted, name, data }) => {
    const shown = { certificate: await certificateOf(users, name), isTrusted };
    const rules = certificateRules(published(data));
    expect(certifiedCaller({ clientCertificate: shown, headers: {} }, rules)).toEqual({ kind: 'unrecognised' });
  });

  test('that is not shown is not missed', () => {
    const nothing = { clientCertificate: undefined, headers: JANE };
    expect(certifiedCaller(nothing, certificateRules(undefined))).toEqual({ kind: 'none' });
  });
});

describe('a certificate of a front proxy', () => {
  test('lets headers name the user, with uid, groups and extra', async () => {
    const shown = { certificate: await certificateOf(proxies, 'front-proxy', ['ignored']), isTrusted: true };
    const headers = {
      'x-remote-user': [''],
      'x-other-user': ['jane'],
      'x-remote-uid': ['7'],
      'x-remote-group': ['dev', 'system:authenticated'],
      'x-remote-extra-acme.com%2Fteam': ['a', 'b'],
      'x-remote-extra-100%': ['c'],
    };
    expect(certifiedCaller({ clientCertificate: shown, headers }, certificateRules(published()))).toEqual({
      kind: 'caller',
      caller: {
        username: 'jane',
        uid: '7',
        groups: ['dev', 'system:authenticated'],
        extra: { 'acme.com/team': ['a', 'b'], '100%': ['c'] },
      },
    });
  });

  test.each([
    { what: 'names nobody', name: 'front-proxy', headers: {}, data: {}, want: 'unrecognised' },
    { what: 'is not on the list', name: 'other', headers: JANE, data: {}, want: 'unrecognised' },
    {
      what: 'may have any name',
      name: 'other',
      headers: JANE,
      data: { 'requestheader-allowed-names': '[]' },
      want: 'caller',
    },
    {
      what: 'comes with rules that cannot be read',
      name: 'front-proxy',
      headers: JANE,
      data: { 'requestheader-username-headers': '{' },
      want: 'unrecognised',
    },
  ])('that $what: $want', async ({ name, headers, data, want }) => {
    const shown = { certificate: await certificateOf(proxies, name), isTrusted: true };
    const rules = certificateRules(published(data));
    expect(certifiedCaller({ clientCertificate: shown, headers }, rules).kind).toBe(want);
  });
});
