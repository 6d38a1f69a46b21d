import { expect, test } from '@jest/globals';
import { KubeError } from '@ocm/kube';
import { judgeTrial } from './try-certificate.ts';

test.each([
  { status: 200, want: 'good' },
  { status: 403, want: 'good' },
  { status: 404, want: 'good' },
  { status: 401, want: 'rejected' },
  { status: 429, want: 'unanswered' },
  { status: 500, want: 'unanswered' },
  { status: 503, want: 'unanswered' },
])('a hub that answers $status finds the pair $want', ({ status, want }) => {
  expect(judgeTrial({ kind: 'answered', status, text: '' }).kind).toBe(want);
});

const tls = (code: string): KubeError =>
  new KubeError('x', { code: 'untrusted', cause: Object.assign(new Error('tls'), { code }) });

test.each([
  { what: 'turned down in the handshake', error: tls('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), want: 'rejected' },
  { what: 'an expired one', error: tls('ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED'), want: 'rejected' },
  { what: 'a CA file that cannot be read', error: new KubeError('x', { code: 'config' }), want: 'unanswered' },
  { what: 'a hub whose own certificate is bad', error: tls('CERT_HAS_EXPIRED'), want: 'unanswered' },
  { what: 'a hub that is away', error: new KubeError('x', { code: 'unavailable' }), want: 'unanswered' },
  { what: 'no answer in time', error: new Error('timeout'), want: 'unanswered' },
])('$what: $want', ({ error, want }) => {
  expect(judgeTrial({ kind: 'failed', error }).kind).toBe(want);
});
