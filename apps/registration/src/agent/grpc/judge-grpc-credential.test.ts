import { parseGrpcClientConfig } from '@ocm/cloudevents';
import { createSelfSignedCertificate } from '@ocm/pki';
import { expect, test } from '@jest/globals';
import { hubConfig } from './hub-config.ts';
import { judgeGrpcCredential } from './judge-grpc-credential.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const HOUR_MS = 3_600_000;
const names = { cluster: 'c1', agent: 'a' };
const ca = 'a certificate\n';

function wantedOf(url: string, authority = ca) {
  return hubConfig({ config: parseGrpcClientConfig(`url: ${url}`, 'config.yaml'), ca: authority }, '/hub');
}

async function aPair(commonName: string, validForMs = HOUR_MS) {
  const notBefore = new Date(NOW.getTime() - HOUR_MS);
  const notAfter = new Date(NOW.getTime() + validForMs);
  const pair = await createSelfSignedCertificate({ commonName, usages: ['client'], notBefore, notAfter });
  return { 'tls.crt': pair.certificatePem, 'tls.key': pair.privateKeyPem };
}

const wanted = wantedOf('hub:8090');
const good = { ...(await aPair('system:open-cluster-management:c1:a')), 'config.yaml': wanted.text };

test('a credential of this agent for this server is valid', () => {
  expect(judgeGrpcCredential({ files: good, names, wanted }, NOW)).toEqual({ kind: 'valid' });
});

test('without a bootstrap configuration the server is not compared', () => {
  const files = { ...good, 'config.yaml': 'url: other' };
  expect(judgeGrpcCredential({ files, names, wanted: undefined }, NOW)).toEqual({ kind: 'valid' });
});

test('what is carried along does not matter', () => {
  const files = { ...good, 'config.yaml': `${wanted.text}serverHealthinessTimeout: 30s\n` };
  expect(judgeGrpcCredential({ files, names, wanted }, NOW)).toEqual({ kind: 'valid' });
});

const expired = await aPair('system:open-cluster-management:c1:a', -1);
const foreign = await aPair('system:open-cluster-management:c1:b');
const { 'config.yaml': _config, ...bare } = good;

test.each([
  { what: 'without a configuration', files: bare, reason: 'there is no gRPC configuration yet' },
  { what: 'for another server', files: { ...good, 'config.yaml': wantedOf('hub').text }, reason: 'differs in: url' },
  {
    what: 'with a replaced authority',
    files: { ...good, 'config.yaml': wantedOf('hub:8090', 'another\n').text },
    reason: 'differs in: caData',
  },
  { what: 'that cannot be read', files: { ...good, 'config.yaml': '{' }, reason: 'it cannot be read' },
  { what: 'that has expired', files: { ...good, ...expired }, reason: 'has expired' },
  { what: 'of another agent', files: { ...good, ...foreign }, reason: 'is for "system:open-cluster-management:c1:b"' },
])('a credential $what is invalid', ({ files, reason }) => {
  expect(judgeGrpcCredential({ files, names, wanted }, NOW)).toEqual({
    kind: 'invalid',
    reason: expect.stringContaining(reason),
  });
});
