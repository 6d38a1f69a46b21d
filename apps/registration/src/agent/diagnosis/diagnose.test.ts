import { expect, test } from '@jest/globals';
import { type ConnectionCause, type ConnectionFacts, connectionCauses, diagnose } from './diagnose.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const answered = (status: number, skewMs = 0): ConnectionFacts['probe'] => ({ kind: 'answered', status, skewMs });

const JOINED: ConnectionFacts = {
  cluster: 'c1',
  phase: 'joined',
  channel: 'api',
  probe: undefined,
  certificateExpires: ago(-3600),
  wait: undefined,
  registered: 'accepted',
  clockDisputed: false,
  lease: { renewed: ago(30), problem: undefined },
  graceMs: 300_000,
};
const BOOTSTRAP: ConnectionFacts = {
  ...JOINED,
  phase: 'bootstrap',
  probe: answered(404),
  certificateExpires: undefined,
  registered: undefined,
  lease: undefined,
};

interface Case {
  readonly facts: ConnectionFacts;
  readonly cause: ConnectionCause;
  readonly says: RegExp;
  readonly next: RegExp;
}

const CASES: readonly Case[] = [
  {
    facts: { ...JOINED, channel: 'grpc', probe: { kind: 'unreachable', problem: 'ECONNREFUSED' } },
    cause: 'HubUnreachable',
    says: /cannot be reached: ECONNREFUSED/,
    next: /url in config.yaml .*gRPC server/,
  },
  {
    facts: { ...BOOTSTRAP, channel: 'grpc', probe: { kind: 'untrusted', problem: 'self-signed' } },
    cause: 'HubUntrusted',
    says: /self-signed/,
    next: /caData of config.yaml/,
  },
  {
    facts: { ...BOOTSTRAP, channel: 'grpc', probe: answered(401) },
    cause: 'UserUnknown',
    says: /401/,
    next: /the token in config.yaml/,
  },
  {
    facts: { ...JOINED, probe: { kind: 'unreachable', problem: 'ECONNREFUSED' } },
    cause: 'HubUnreachable',
    says: /cannot be reached: ECONNREFUSED/,
    next: /proxy/,
  },
  { facts: { ...JOINED, probe: answered(503) }, cause: 'HubUnreachable', says: /answers 503/, next: /load balancers/ },
  {
    facts: { ...BOOTSTRAP, probe: { kind: 'untrusted', problem: 'CERT_NOT_YET_VALID' } },
    cause: 'HubUntrusted',
    says: /CERT_NOT_YET_VALID/,
    next: /certificate-authority-data .*clock/,
  },
  {
    facts: { ...JOINED, probe: answered(401, -400_000), certificateExpires: ago(5) },
    cause: 'ClockOutOfSync',
    says: /400 s behind/,
    next: /NTP/,
  },
  { facts: { ...JOINED, probe: answered(200, 301_000) }, cause: 'ClockOutOfSync', says: /301 s ahead/, next: /NTP/ },
  { facts: { ...JOINED, clockDisputed: true }, cause: 'ClockOutOfSync', says: /found wrong by the hub/, next: /NTP/ },
  {
    facts: { ...JOINED, probe: answered(401), certificateExpires: ago(60) },
    cause: 'CertificateExpired',
    says: /expired at 2026-03-01T11:59:00Z/,
    next: /registers anew/,
  },
  {
    facts: { ...JOINED, probe: answered(401) },
    cause: 'UserUnknown',
    says: /does not know the user/,
    next: /registers anew/,
  },
  {
    facts: { ...BOOTSTRAP, probe: answered(401) },
    cause: 'UserUnknown',
    says: /bootstrap credential/,
    next: /replace/,
  },
  {
    facts: { ...BOOTSTRAP, probe: answered(403) },
    cause: 'BootstrapRightsMissing',
    says: /may not read/,
    next: /role/,
  },
  {
    facts: { ...BOOTSTRAP, wait: { kind: 'approval', request: 'c1-x' } },
    cause: 'CertificateRequestPending',
    says: /c1-x is not approved/,
    next: /kubectl certificate approve c1-x/,
  },
  {
    facts: { ...BOOTSTRAP, wait: { kind: 'denied', request: 'c1-x' } },
    cause: 'CertificateRequestDenied',
    says: /c1-x was denied/,
    next: /kubectl delete csr c1-x/,
  },
  {
    facts: { ...BOOTSTRAP, wait: { kind: 'failed', request: 'c1-x', signer: 's.io/a', message: 'no such usage' } },
    cause: 'CertificateRequestFailed',
    says: /signer s\.io\/a failed with CSR c1-x \(no such usage\)/,
    next: /kubectl delete csr c1-x/,
  },
  {
    facts: { ...BOOTSTRAP, wait: { kind: 'signature', request: 'c1-x', signer: 's.io/a', since: ago(31) } },
    cause: 'SignerAbsent',
    says: /no controller signs for s\.io\/a/,
    next: /kube-controller-manager/,
  },
  {
    facts: { ...JOINED, wait: { kind: 'limit', requests: 10 } },
    cause: 'TooManyCertificateRequests',
    says: /10 CSRs/,
    next: /approve, deny or delete/,
  },
  {
    facts: { ...JOINED, probe: answered(403), registered: undefined },
    cause: 'ClusterNotAccepted',
    says: /c1/,
    next: /hubAcceptsClient/,
  },
  {
    facts: { ...JOINED, registered: 'not-accepted' },
    cause: 'ClusterNotAccepted',
    says: /c1/,
    next: /hubAcceptsClient/,
  },
  { facts: { ...JOINED, registered: 'deleted' }, cause: 'ClusterDeleted', says: /c1/, next: /create it again/ },
  {
    facts: { ...JOINED, probe: answered(200), lease: { renewed: ago(90), problem: 'not found' } },
    cause: 'LeaseStale',
    says: /since 2026-03-01T11:58:30Z: not found/,
    next: /registration controller/,
  },
  {
    facts: { ...JOINED, probe: answered(200), lease: { renewed: undefined, problem: 'not found' } },
    cause: 'LeaseStale',
    says: /never been renewed/,
    next: /registration controller/,
  },
];

test.each(CASES)('$cause: $says', ({ facts, cause, says, next }) => {
  const diagnosis = diagnose(facts, NOW);
  expect(diagnosis?.cause).toBe(cause);
  expect(diagnosis?.problem).toMatch(says);
  expect(diagnosis?.next).toMatch(next);
});

test('every cause has a case', () => {
  expect(new Set(CASES.map(({ cause }) => cause))).toEqual(new Set(connectionCauses));
});

test.each([
  { what: 'a heartbeat that goes on', facts: JOINED },
  {
    what: 'one failed attempt after a success',
    facts: { ...JOINED, probe: answered(200), lease: { renewed: ago(30), problem: 'x' } },
  },
  { what: 'a request that has not been made yet', facts: BOOTSTRAP },
  {
    what: 'a signer that has just been asked',
    facts: { ...BOOTSTRAP, wait: { kind: 'signature', request: 'x', signer: 's', since: ago(5) } } as const,
  },
])('$what is no problem', ({ facts }) => {
  expect(diagnose(facts, NOW)).toBeUndefined();
});
