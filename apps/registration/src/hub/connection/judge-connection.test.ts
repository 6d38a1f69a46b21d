import type { CertificateSigningRequest, ConditionStatus, ManagedCluster } from '@ocm/api';
import { aCluster, aCSR, aLease, type ClusterOver, type ConditionLike } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { judgeConnection } from './judge-connection.ts';

const NOW = new Date('2026-02-01T12:00:00Z');
const CREATED = '2026-02-01T11:00:00Z';
const PATIENCE_MS = 15_000;

const condition = (type: string, status: ConditionStatus, message = ''): ConditionLike => ({
  type,
  status,
  reason: 'Test',
  message,
  lastTransitionTime: CREATED,
});
const accepted = condition('HubAcceptedManagedCluster', 'True');
const joined = condition('ManagedClusterJoined', 'True');
/** Accepted long ago, unless something else is said. */
function cluster({ conditions = [], ...over }: ClusterOver = {}): ManagedCluster {
  const isDecided = over.accepted === false || conditions.some(({ type }) => type === accepted.type);
  const metadata = { creationTimestamp: CREATED, ...over.metadata };
  return aCluster({ name: 'c1', ...over, metadata, conditions: isDecided ? conditions : [accepted, ...conditions] });
}
const leaseAt = (renewTime: string): ReturnType<typeof aLease> => ({
  ...aLease({ name: 'managed-cluster-lease', namespace: 'c1' }),
  spec: { renewTime },
});
const request = (status: NonNullable<CertificateSigningRequest['status']>): CertificateSigningRequest => ({
  ...aCSR({ name: 'c1-abc' }),
  metadata: { name: 'c1-abc', creationTimestamp: CREATED },
  status,
});
const decided = (type: 'Approved' | 'Denied' | 'Failed', message?: string): CertificateSigningRequest =>
  request({
    conditions: [{ type, status: 'True', lastUpdateTime: CREATED, ...(message === undefined ? {} : { message }) }],
  });
const issued = request({ conditions: [{ type: 'Approved', status: 'True' }], certificate: '' });
const stale = leaseAt('2026-02-01T11:30:00.000000Z');

type Facts = Partial<Parameters<typeof judgeConnection>[0]>;
const judge = (facts: Facts): ReturnType<typeof judgeConnection> =>
  judgeConnection({
    cluster: cluster(),
    lease: undefined,
    request: undefined,
    now: NOW,
    patienceMs: PATIENCE_MS,
    undecided: 0,
    ...facts,
  });

describe('the first cause that the hub can know is named', () => {
  test.each<{ readonly reason: string; readonly says: string; readonly facts: Facts }>([
    {
      reason: 'ClusterDenied',
      says: 'To let it back: kubectl patch managedcluster c1 --type=merge',
      facts: {
        cluster: cluster({
          accepted: false,
          available: 'Unknown',
          conditions: [condition('HubAcceptedManagedCluster', 'False')],
        }),
        request: request({}),
      },
    },
    {
      reason: 'CertificateRequestPending',
      says: 'kubectl certificate approve c1-abc',
      facts: { request: request({}) },
    },
    {
      reason: 'CertificateRequestPending',
      says: 'kubectl certificate approve c1-abc',
      facts: { cluster: cluster({ accepted: false }), request: request({}) },
    },
    {
      reason: 'CertificateRequestDenied',
      says: '(not ours). Delete it',
      facts: { request: decided('Denied', 'not ours') },
    },
    {
      reason: 'CertificateRequestFailed',
      says: 'failed with the certificate request c1-abc. Mend that, then delete the request',
      facts: { request: decided('Failed') },
    },
    {
      reason: 'SignerAbsent',
      says: 'no controller signs kubernetes.io/kube-apiserver-client',
      facts: { request: decided('Approved') },
    },
    {
      reason: 'ClusterNotAccepted',
      says: 'Nobody has accepted cluster c1. To accept it: kubectl patch managedcluster c1',
      facts: { cluster: cluster({ accepted: false }), request: issued },
    },
    {
      reason: 'PermissionsIncomplete',
      says: 'incomplete: namespace is terminating\nRemove what stands in the way',
      facts: {
        cluster: cluster({
          conditions: [condition('HubAcceptedManagedCluster', 'False', 'namespace is terminating')],
        }),
      },
    },
    {
      reason: 'ClockOutOfSync',
      says: 'about 1800 s behind',
      facts: {
        cluster: cluster({
          available: 'Unknown',
          conditions: [accepted, joined, condition('ManagedClusterConditionClockSynced', 'False')],
        }),
        lease: stale,
      },
    },
    {
      reason: 'CertificateExpired',
      says: 'expired at 2026-02-01T11:45:00Z',
      facts: {
        cluster: cluster({
          available: 'Unknown',
          conditions: [
            accepted,
            joined,
            condition(
              'ClusterCertificateRotated',
              'True',
              'client certificate rotated starting from 2026-01-01T00:00:00Z to 2026-02-01T11:45:00Z',
            ),
          ],
        }),
        lease: stale,
      },
    },
    {
      reason: 'NeverHeardOf',
      says: 'never reported',
      facts: { cluster: cluster({ conditions: [accepted] }), lease: stale },
    },
    { reason: 'NeverHeardOf', says: 'never reported', facts: {} },
    {
      reason: 'HeartbeatStopped',
      says: 'since 2026-02-01T11:30:00Z',
      facts: { cluster: cluster({ joined: true, available: 'Unknown' }), lease: stale, request: issued },
    },
    {
      reason: 'NoReport',
      says: 'renews its lease',
      facts: {
        cluster: cluster({ joined: true, available: 'Unknown' }),
        lease: leaseAt('2026-02-01T11:59:30.000000Z'),
      },
    },
  ])('$reason: $says', ({ reason, says, facts }) => {
    const verdict = judge(facts);
    expect(verdict).toMatchObject({ kind: 'say', condition: { type: 'ConnectionDiagnosed', status: 'True', reason } });
    expect(verdict).toMatchObject({ condition: { message: expect.stringContaining(says) } });
  });
});

test('a certificate that is still good is no cause, whoever wrote about it', () => {
  const rotated = condition(
    'ClusterCertificateRotated',
    'True',
    'client certificate rotated starting from 2026-01-01 00:00:00 +0000 UTC to 2026-02-01 12:00:01 +0000 UTC',
  );
  const verdict = judge({
    cluster: cluster({ joined: true, available: 'Unknown', conditions: [rotated] }),
    lease: stale,
  });
  expect(verdict).toMatchObject({ condition: { reason: 'HeartbeatStopped' } });
});

test.each([
  {
    what: 'a new cluster',
    facts: { cluster: cluster({ metadata: { creationTimestamp: '2026-02-01T11:59:50Z' } }) },
    forMs: 5000,
  },
  {
    what: 'one that has just been accepted',
    facts: { cluster: cluster({ conditions: [{ ...accepted, lastTransitionTime: '2026-02-01T11:59:55Z' }] }) },
    forMs: 10_000,
  },
  {
    what: 'one whose request has just been approved',
    facts: {
      request: request({ conditions: [{ type: 'Approved', status: 'True', lastUpdateTime: '2026-02-01T12:00:00Z' }] }),
    },
    forMs: 15_000,
  },
])('$what is given time to join', ({ facts, forMs }) => {
  expect(judge(facts)).toEqual({ kind: 'wait', forMs });
});

describe('it is written only when it changes', () => {
  test.each(['True', 'False'] as const)(
    'a cluster that is available (%s) and was never diagnosed gets nothing',
    (available) => {
      expect(judge({ cluster: cluster({ available }) })).toEqual({ kind: 'keep' });
    },
  );

  test('a cluster that is available again is connected, said once', () => {
    const said = condition('ConnectionDiagnosed', 'True');
    const verdict = judge({ cluster: cluster({ available: 'True', conditions: [said] }) });
    expect(verdict).toMatchObject({ kind: 'say', condition: { status: 'False', reason: 'Connected' } });
    const conditions = verdict.kind === 'say' ? [verdict.condition] : [];
    expect(judge({ cluster: cluster({ available: 'True', conditions }) })).toEqual({
      kind: 'keep',
    });
  });

  test('the same cause is not said twice, and a drifting clock not at every heartbeat', () => {
    const unsynced = [accepted, joined, condition('ManagedClusterConditionClockSynced', 'False')];
    const first = judge({ cluster: cluster({ available: 'Unknown', conditions: unsynced }), lease: stale });
    const said = first.kind === 'say' ? [first.condition] : [];
    const again = { cluster: cluster({ available: 'Unknown', conditions: [...unsynced, ...said] }) };
    expect(judge({ ...again, lease: leaseAt('2026-02-01T11:29:58.000000Z') })).toEqual({ kind: 'keep' });
  });

  test.each([
    {
      what: 'its certificate ends',
      lease: stale,
      message: 'client certificate rotated starting from 2026-01-01T00:00:00Z to 2026-02-01T12:00:20Z',
      forMs: 20_000,
      next: 'CertificateExpired',
    },
    {
      what: 'its lease, which it still renewed, ends',
      lease: leaseAt('2026-02-01T11:59:30.000000Z'),
      message: '',
      forMs: 270_000,
      next: 'HeartbeatStopped',
    },
  ])('of a lost cluster the next cause is said when $what, without an event', ({ lease, message, forMs, next }) => {
    const rotated = condition('ClusterCertificateRotated', 'True', message);
    const lost = (conditions: readonly ConditionLike[] = []): Facts => ({
      cluster: cluster({ joined: true, available: 'Unknown', conditions: [rotated, ...conditions] }),
      lease,
    });
    const first = judge(lost());
    const said = lost(first.kind === 'say' ? [first.condition] : []);
    expect(judge(said)).toEqual({ kind: 'wait', forMs });
    const later = new Date(NOW.getTime() + forMs);
    expect(judge({ ...said, now: later })).toMatchObject({ kind: 'say', condition: { reason: next } });
  });

  test('a hub with many clusters at its door lets them in first', () => {
    const stuck = { cluster: cluster({ available: 'Unknown' }), lease: stale };
    expect(judge({ ...stuck, undecided: 16 })).toMatchObject({ kind: 'say' });
    expect(judge({ ...stuck, undecided: 17 })).toEqual({ kind: 'wait', forMs: PATIENCE_MS });
    expect(judge({ cluster: cluster({ available: 'True' }), undecided: 17 })).toEqual({ kind: 'keep' });
  });

  test('a cluster that the hub has yet to decide about is left to the decision', () => {
    expect(judge({ cluster: aCluster({ metadata: { creationTimestamp: CREATED } }) })).toEqual({ kind: 'keep' });
  });

  test('a cluster that is being deleted is left alone', () => {
    expect(judge({ cluster: cluster({ metadata: { deletionTimestamp: CREATED } }) })).toEqual({ kind: 'keep' });
  });
});
