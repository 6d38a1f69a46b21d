import { expect, test } from '@jest/globals';
import { CertificateSigningRequest } from '@ocm/api';
import type { RestMapper } from '@ocm/kube';
import { servedCsrKind } from './served-csr-kind.ts';

const { signal } = new AbortController();
const serving = (...versions: readonly string[]): RestMapper => ({
  find: ({ version }) =>
    Promise.resolve(versions.includes(version) ? { ...CertificateSigningRequest, version } : undefined),
});

test.each([
  { gate: false, served: ['v1beta1'], want: 'v1' },
  { gate: true, served: ['v1', 'v1beta1'], want: 'v1' },
  { gate: true, served: ['v1beta1'], want: 'v1beta1' },
  { gate: true, served: [], want: 'v1' },
])('with the gate $gate and $served served, requests are made as $want', async ({ gate, served, want }) => {
  const { version, plural } = await servedCsrKind(serving(...served), gate, signal);
  expect({ version, plural }).toEqual({ version: want, plural: 'certificatesigningrequests' });
});
