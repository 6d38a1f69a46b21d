import { describe, expect, test } from '@jest/globals';
import type { CertificateSigningRequest, NewObject } from '@ocm/api';
import { type Informer, KubeError, type ObjectEvent } from '@ocm/kube';
import { createCertificateAuthority, issueCertificate, parseCertificateRequest } from '@ocm/pki';
import type { CredentialDriver } from '../credential/credential-driver.ts';
import { csrCredential } from './csr-credential.ts';
import type { TrialVerdict } from './try-certificate.ts';

const { signal } = new AbortController();
const CLUSTER = 'open-cluster-management.io/cluster-name';
const ADD_ON = 'open-cluster-management.io/addon-name';
const NOW = new Date('2026-03-01T00:00:00Z');
const REQUEST = { stored: {}, additional: { 'cluster-name': 'c1' } };

interface Fakes {
  readonly expirationSeconds?: number;
  readonly refuse?: boolean;
  /** What the hub says of new pairs, one after the other; then they are good. */
  readonly trials?: readonly TrialVerdict[];
  /** The requests that are on the hub. */
  readonly stored?: Map<string, CertificateSigningRequest>;
  /** Those that the watch has shown; without it the cache is always up to date. */
  readonly shown?: Map<string, CertificateSigningRequest>;
}

function setUp({ expirationSeconds = 0, refuse = false, trials = [], stored = new Map(), shown }: Fakes = {}) {
  const requests = {
    create(csr: NewObject<CertificateSigningRequest>) {
      if (refuse) throw new KubeError('create certificatesigningrequests: forbidden', { code: 'forbidden' });
      const prefix = 'generateName' in csr.metadata ? csr.metadata.generateName : '';
      const created = { ...csr, metadata: { ...csr.metadata, name: `${prefix}${stored.size}` } };
      stored.set(created.metadata.name, created);
      return Promise.resolve(created);
    },
    find: (name: unknown) => Promise.resolve(stored.get(name as string)),
  };
  const keys: ((event: ObjectEvent<CertificateSigningRequest>) => unknown)[] = [];
  const seen = shown ?? stored;
  const cache = {
    get: (name: unknown) => seen.get(name as string),
    list: () => [...seen.values()],
    learn: (written: CertificateSigningRequest) => void seen.set(written.metadata.name, written),
    events(key: (typeof keys)[number]) {
      keys.push(key);
      return { start: () => () => undefined };
    },
  } as unknown as Informer<CertificateSigningRequest>;
  const subject = { commonName: 'user', organizations: ['group'], organizationalUnits: [] };
  const template = { namePrefix: 'c1-', labels: { [CLUSTER]: 'c1' }, signerName: 'signer', subject, expirationSeconds };
  let tried = 0;
  const tryPair = (): Promise<TrialVerdict> => Promise.resolve(trials[tried++] ?? { kind: 'good' });
  let now = NOW;
  const driver = csrCredential({ template, requests, cache, clock: { now: () => now }, tryPair });
  const isRelevant = (csr: CertificateSigningRequest): boolean =>
    keys[0]?.({ type: 'added', object: csr, initial: false }) !== undefined;
  return { driver, stored, isRelevant, setTime: (time: Date) => void (now = time) };
}

const csr = (name: string, labels: Record<string, string>): CertificateSigningRequest => ({
  metadata: { name, labels },
  spec: { request: '', signerName: 'signer' },
});

const approved = { type: 'Approved', status: 'True' } as const;
const denied = { type: 'Denied', status: 'True' } as const;

async function sign(request: CertificateSigningRequest): Promise<CertificateSigningRequest> {
  const authority = await createCertificateAuthority({ commonName: 'ca', validityMs: 1000, now: NOW });
  const asked = parseCertificateRequest(Buffer.from(request.spec.request, 'base64').toString());
  const notAfter = new Date(NOW.getTime() + 3_600_000);
  const pem = issueCertificate(authority, { ...asked, usages: ['client'], notBefore: NOW, notAfter });
  return { ...request, status: { conditions: [approved], certificate: Buffer.from(pem).toString('base64') } };
}

async function askAndSign(driver: CredentialDriver, stored: Map<string, CertificateSigningRequest>): Promise<void> {
  await driver.process(REQUEST, signal);
  for (const [name, request] of stored) stored.set(name, await sign(request));
}

describe('csrCredential', () => {
  test('asks once, waits, and hands out certificate and key', async () => {
    const { driver, stored } = setUp();
    expect(driver.glance(REQUEST)).toBeUndefined();
    const waiting = { kind: 'nothing', wait: { kind: 'approval', request: 'c1-0' } };
    await expect(driver.process(REQUEST, signal)).resolves.toEqual(waiting);
    expect(driver.glance(REQUEST)).toEqual(waiting);
    await expect(driver.process(REQUEST, signal)).resolves.toEqual(waiting);
    expect([...stored.keys()]).toEqual(['c1-0']);

    const [request] = stored.values();
    if (request === undefined) throw new Error('no request');
    stored.set('c1-0', await sign(request));
    expect(driver.glance(REQUEST)).toBeUndefined();
    const result = await driver.process(REQUEST, signal);
    expect(result).toMatchObject({ kind: 'issued', condition: { status: 'True' } });
    if (result.kind !== 'issued') throw new Error('not issued');
    expect(driver.glance({ ...REQUEST, stored: { ...result.data, 'cluster-name': 'c1' } })).toMatchObject({
      kind: 'nothing',
      condition: { status: 'True' },
    });
    expect(stored.size).toBe(1);
  });

  test('a pair that the hub cannot be shown is kept and shown again; nothing is asked for anew', async () => {
    const away = { kind: 'unanswered', error: new Error('hub is away') } as const;
    const { driver, stored } = setUp({ trials: [away] });
    await askAndSign(driver, stored);
    await expect(driver.process(REQUEST, signal)).resolves.toMatchObject({
      kind: 'failed',
      error: { message: 'the hub could not be shown the new certificate; the one in use stays', cause: away.error },
    });
    await expect(driver.process(REQUEST, signal)).resolves.toMatchObject({ kind: 'issued' });
    expect(stored.size).toBe(1);
  });

  test('that the hub cannot be shown the next pair is in the condition when the one in use nears its end', async () => {
    const away = { kind: 'unanswered', error: new Error('connection refused') } as const;
    const first = setUp();
    await askAndSign(first.driver, first.stored);
    const issued = await first.driver.process(REQUEST, signal);
    const data = issued.kind === 'issued' ? issued.data : {};
    const request = { ...REQUEST, stored: { ...data, 'cluster-name': 'c1' } };
    const { driver, stored, setTime } = setUp({ trials: [away, away] });
    setTime(new Date(NOW.getTime() + 50 * 60_000));
    await driver.process(request, signal);
    for (const [name, pending] of stored) stored.set(name, await sign(pending));
    const early = await driver.process(request, signal);
    expect(early).toMatchObject({ kind: 'failed', expires: new Date('2026-03-01T01:00:00Z') });
    expect(early).not.toHaveProperty('condition');
    setTime(new Date(NOW.getTime() + 55 * 60_000));
    await expect(driver.process(request, signal)).resolves.toMatchObject({
      kind: 'failed',
      condition: {
        status: 'False',
        message: expect.stringMatching(/expires at 2026-03-01T01:00:00Z and is not renewed: .*connection refused/),
      },
    });
  });

  test('a pair that the hub rejects is not handed out, and another one is asked for', async () => {
    const { driver, stored } = setUp({ trials: [{ kind: 'rejected', problem: '401' }] });
    await askAndSign(driver, stored);
    const message = 'the hub does not accept the certificate of csr "c1-0": 401';
    await expect(driver.process(REQUEST, signal)).resolves.toMatchObject({
      kind: 'failed',
      error: { message },
      condition: { status: 'False', reason: 'ClientCertificateUpdateFailed', message },
    });
    await driver.process(REQUEST, signal);
    expect([...stored.keys()]).toEqual(['c1-0', 'c1-1']);
  });

  test('it looks again when the certificate has to be renewed, and complains when nobody does that', async () => {
    const { driver, stored, setTime } = setUp();
    await askAndSign(driver, stored);
    const issued = await driver.process(REQUEST, signal);
    const data = issued.kind === 'issued' ? issued.data : {};
    const request = { ...REQUEST, stored: { ...data, 'cluster-name': 'c1' } };
    const { lookAgainMs = 0 } = driver.glance(request) ?? {};
    // Of an hour, 20 to 25 % are left then.
    expect(lookAgainMs).toBeGreaterThanOrEqual(45 * 60_000);
    expect(lookAgainMs).toBeLessThanOrEqual(48 * 60_000 + 1000);
    setTime(new Date(NOW.getTime() + lookAgainMs));
    expect(driver.glance(request)).toBeUndefined();
    const waiting = await driver.process(request, signal);
    expect(waiting).not.toHaveProperty('condition');
    const urgentInMs = waiting.kind === 'nothing' ? (waiting.lookAgainMs ?? 0) : 0;
    setTime(new Date(NOW.getTime() + lookAgainMs + urgentInMs));
    expect(driver.glance(request)).toMatchObject({
      condition: { status: 'False', message: expect.stringMatching(/expires at 2026-03-01T01:00:00Z .*not approved/) },
    });
  });

  test('after a restart the request of before is useless, for its key is lost: another one is made', async () => {
    const { driver, stored } = setUp();
    await askAndSign(driver, stored);
    const { driver: restarted } = setUp({ stored });
    expect(restarted.glance(REQUEST)).toBeUndefined();
    await expect(restarted.process(REQUEST, signal)).resolves.toMatchObject({ wait: { request: 'c1-1' } });
    await askAndSign(restarted, stored);
    await expect(restarted.process(REQUEST, signal)).resolves.toMatchObject({ kind: 'issued' });
    expect([...stored.keys()]).toEqual(['c1-0', 'c1-1']);
  });

  test('a denied request is not followed by another until it is gone', async () => {
    const { driver, stored } = setUp();
    await driver.process(REQUEST, signal);
    for (const [name, request] of stored) stored.set(name, { ...request, status: { conditions: [denied] } });
    const waiting = { kind: 'nothing', wait: { kind: 'denied', request: 'c1-0' } };
    await expect(driver.process(REQUEST, signal)).resolves.toEqual(waiting);
    expect(driver.glance(REQUEST)).toEqual(waiting);
    expect([...stored.keys()]).toEqual(['c1-0']);
    stored.clear();
    await expect(driver.process(REQUEST, signal)).resolves.toMatchObject({ kind: 'failed' });
    await driver.process(REQUEST, signal);
    expect(stored.size).toBe(1);
  });

  test('a request that vanishes is a failure, and the next pass asks anew', async () => {
    const { driver, stored } = setUp();
    await driver.process(REQUEST, signal);
    stored.clear();
    await expect(driver.process(REQUEST, signal)).resolves.toMatchObject({
      kind: 'failed',
      error: { message: 'unable to get csr "c1-0": it does not exist any more' },
      condition: { status: 'False' },
    });
    await driver.process(REQUEST, signal);
    expect(stored.size).toBe(1);
  });

  test('[registration 18] at ten requests of this cluster no more are made', async () => {
    const { driver, stored } = setUp();
    for (let index = 0; index < 10; index += 1) stored.set(`a${index}`, csr(`a${index}`, { [CLUSTER]: 'c1' }));
    await expect(driver.process(REQUEST, signal)).resolves.toMatchObject({
      kind: 'nothing',
      condition: { status: 'False', reason: 'ClientCertificateUpdateFailed' },
    });
    expect(stored.size).toBe(10);
    stored.delete('a0');
    await driver.process(REQUEST, signal);
    expect(stored.size).toBe(10);
  });

  test('[registration 18] one that was just made counts before the watch shows it', async () => {
    const labels = { [CLUSTER]: 'c1' };
    const fillers = Array.from({ length: 9 }, (_, index) => [`a${index}`, csr(`a${index}`, labels)] as const);
    const [stored, shown] = [new Map(fillers), new Map(fillers)];
    await setUp({ stored, shown }).driver.process(REQUEST, signal);
    expect(stored.size).toBe(10);
    // A successor, such as that of an add-on whose subject has changed.
    const { driver } = setUp({ stored, shown });
    await expect(driver.process(REQUEST, signal)).resolves.toMatchObject({ wait: { kind: 'limit', requests: 10 } });
    expect(stored.size).toBe(10);
  });

  test('[registration 18] those of other clusters and of add-ons do not count', async () => {
    const { driver, stored } = setUp();
    for (let index = 0; index < 10; index += 1) {
      stored.set(`a${index}`, csr(`a${index}`, { [CLUSTER]: 'c1', [ADD_ON]: 'x' }));
      stored.set(`b${index}`, csr(`b${index}`, { [CLUSTER]: 'c2' }));
    }
    await driver.process(REQUEST, signal);
    expect(stored.has('c1-20')).toBe(true);
  });

  test('a hub that refuses is a failure with a condition', async () => {
    const { driver } = setUp({ refuse: true });
    await expect(driver.process(REQUEST, signal)).resolves.toMatchObject({
      kind: 'failed',
      condition: { status: 'False', message: 'Failed to create CSR: create certificatesigningrequests: forbidden' },
    });
  });

  test.each([
    { seconds: 0, want: undefined },
    { seconds: 3600, want: 3600 },
  ])('a lifetime of $seconds is asked for as $want', async ({ seconds, want }) => {
    const { driver, stored } = setUp({ expirationSeconds: seconds });
    await driver.process(REQUEST, signal);
    expect(stored.get('c1-0')?.spec.expirationSeconds).toBe(want);
  });

  test.each([
    { name: 'c1-x', labels: { [CLUSTER]: 'c1' }, want: true },
    { name: 'c1-x', labels: { [CLUSTER]: 'c1', [ADD_ON]: 'x' }, want: false },
    { name: 'other', labels: { [CLUSTER]: 'c1' }, want: false },
    { name: 'c1-x', labels: { [CLUSTER]: 'c2' }, want: false },
  ])('an event of $name with $labels is relevant: $want', ({ name, labels, want }) => {
    expect(setUp().isRelevant(csr(name, labels))).toBe(want);
  });
});
