import { describe, expect, test } from '@jest/globals';
import type { ConditionUpdate, NewObject, Secret } from '@ocm/api';
import { KubeError, silentLogger } from '@ocm/kube';
import { credentialController } from './credential-controller.ts';
import type { CredentialRequest, CredentialResult } from './credential-driver.ts';
import { decodeSecret } from './plan-secret.ts';

const { signal } = new AbortController();
const ROTATED = { type: 'ClusterCertificateRotated', status: 'True', reason: 'r', message: 'm' } as const;
const FAILED = { ...ROTATED, status: 'False' } as const;

interface Fakes {
  /** What the driver answers, one after the other. */
  readonly results?: readonly CredentialResult[];
  readonly settled?: boolean;
  /** How often saving fails at first. */
  readonly failingSaves?: number;
  readonly secret?: Secret;
  readonly reporting?: () => Promise<void>;
}

function setUp({ results = [], settled = false, failingSaves = 0, secret, reporting }: Fakes) {
  let live = secret;
  let saves = 0;
  let reads = 0;
  const asked: CredentialRequest[] = [];
  const reported: ConditionUpdate[] = [];
  function save(next: NewObject<Secret>): Promise<Secret> {
    saves += 1;
    if (saves <= failingSaves) throw new KubeError('namespace not found', { code: 'not-found' });
    live = next as Secret;
    return Promise.resolve(live);
  }
  const controller = credentialController({
    name: 'test',
    driver: {
      watches: [],
      glance: () => (settled ? { kind: 'nothing', condition: ROTATED } : undefined),
      process(request) {
        asked.push(request);
        return Promise.resolve(results[asked.length - 1] ?? { kind: 'nothing' });
      },
    },
    secrets: {
      find() {
        reads += 1;
        return Promise.resolve(live);
      },
      create: save,
      replace: save,
    },
    secret: { namespace: 'agent', name: 'hub' },
    cached: () => live,
    additional: { 'cluster-name': 'c1' },
    watches: [],
    report(condition) {
      reported.push(condition);
      return reporting?.() ?? Promise.resolve();
    },
    log: silentLogger,
  });
  return {
    reconcile: () => controller.reconcile('hub', signal),
    asked,
    reported,
    saved: () => decodeSecret(live),
    reads: () => reads,
  };
}

const ISSUED = { kind: 'issued', data: { 'tls.crt': 'c' }, condition: ROTATED } as const;

describe('credentialController', () => {
  test('what is issued is saved with the additional data, and then reported', async () => {
    const { reconcile, saved, reported } = setUp({ results: [ISSUED] });
    await expect(reconcile()).resolves.toEqual({ kind: 'done' });
    expect(saved()).toEqual({ 'tls.crt': 'c', 'cluster-name': 'c1' });
    expect(reported).toEqual([ROTATED]);
  });

  test('what cannot be saved is saved later, without asking for another one', async () => {
    const { reconcile, asked, saved, reported } = setUp({ results: [ISSUED, ISSUED], failingSaves: 2 });
    await expect(reconcile()).rejects.toThrow('namespace not found');
    await expect(reconcile()).rejects.toThrow('namespace not found');
    expect(reported).toEqual([]);
    await expect(reconcile()).resolves.toEqual({ kind: 'done' });
    expect(asked).toHaveLength(1);
    expect(saved()).toEqual({ 'tls.crt': 'c', 'cluster-name': 'c1' });
    expect(reported).toEqual([ROTATED]);
  });

  test('a settled credential costs no request, and its condition is seen to', async () => {
    const { reconcile, asked, reads, reported } = setUp({ settled: true });
    await expect(reconcile()).resolves.toEqual({ kind: 'done' });
    expect([asked.length, reads()]).toEqual([0, 0]);
    expect(reported).toEqual([ROTATED]);
  });

  test('a failure is reported and retried', async () => {
    const error = new Error('no luck');
    const { reconcile, reported } = setUp({ results: [{ kind: 'failed', error, condition: FAILED }] });
    await expect(reconcile()).resolves.toEqual({ kind: 'retry', error });
    expect(reported).toEqual([FAILED]);
  });

  test('a report that fails hides no failure', async () => {
    const error = new Error('no luck');
    const { reconcile } = setUp({
      results: [{ kind: 'failed', error, condition: FAILED }],
      reporting: () => Promise.reject(new Error('hub gone')),
    });
    await expect(reconcile()).resolves.toMatchObject({ kind: 'retry', error: { message: 'no luck; hub gone' } });
  });

  test('the driver sees what is stored and what is wanted', async () => {
    const secret = { metadata: { namespace: 'agent', name: 'hub' }, data: { 'tls.crt': 'Yw==' } };
    const { reconcile, asked } = setUp({ secret });
    await reconcile();
    expect(asked).toEqual([{ stored: { 'tls.crt': 'c' }, additional: { 'cluster-name': 'c1' } }]);
  });
});
