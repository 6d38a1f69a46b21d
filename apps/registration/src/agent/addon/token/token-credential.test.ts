import { describe, expect, test } from '@jest/globals';
import { type ManagedClusterAddOn, tokenInfrastructureMessage } from '@ocm/api';
import type { Informer, ObjectEvent } from '@ocm/kube';
import { aCondition, anAddOn } from '@ocm/testing';
import type { AddOnHub } from '../../registration-driver.ts';
import { tokenCredential } from './token-credential.ts';

const { signal } = new AbortController();
const NOW = new Date('2026-03-01T00:00:00Z');
const LIFETIME_SECONDS = 1000;
const REQUEST = { stored: {}, additional: { 'cluster-name': 'c1' } };

function tokenOf(uid: string): string {
  const iat = NOW.getTime() / 1000;
  const claims = { iat, exp: iat + LIFETIME_SECONDS, 'kubernetes.io': { serviceaccount: { uid } } };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
}

/** An add-on whose infrastructure is said to be of one account, and a hub that gives tokens of another; the agent's clock may be ahead. */
function setUp({ said = 'u1', given = 'u1', aheadSeconds = 0 }) {
  const addOn = addOnWith(said);
  let keyOf: ((event: ObjectEvent<ManagedClusterAddOn>) => unknown) | undefined;
  const cache = {
    get: () => addOn,
    events(key: typeof keyOf) {
      keyOf = key;
      return { start: () => () => undefined };
    },
  };
  const addOns: Pick<AddOnHub, 'cache' | 'requestToken'> = {
    cache: cache as unknown as Informer<typeof addOn> & AddOnHub['cache'],
    requestToken: () => Promise.resolve(tokenOf(given)),
  };
  const clock = { now: () => new Date(NOW.getTime() + aheadSeconds * 1000) };
  const driver = tokenCredential({ cluster: 'c1', addOn: 'x', addOns, expirationSeconds: LIFETIME_SECONDS, clock });
  const wakes = (object: ManagedClusterAddOn): boolean =>
    keyOf?.({ type: 'updated', object, previous: addOn }) !== undefined;
  return { driver, wakes };
}

/** An add-on whose infrastructure is said to be of this account, with or without what the agent says of its token. */
function addOnWith(uid: string, problem?: string): ManagedClusterAddOn {
  const message = tokenInfrastructureMessage({ namespace: 'c1', name: 'x-agent', uid });
  const ready = aCondition({ type: 'TokenInfrastructureReady', status: 'True', message });
  const own = problem === undefined ? [] : [aCondition({ type: 'TokenRefreshed', status: 'False', message: problem })];
  return anAddOn({ name: 'x', namespace: 'c1', conditions: [ready, ...own] });
}

describe('tokenCredential', () => {
  test('[registration 61] a token that will do is handed out, and then left alone', async () => {
    const { driver } = setUp({});
    const issued = await driver.process(REQUEST, signal);
    expect(issued).toMatchObject({ kind: 'issued', data: { token: tokenOf('u1') }, condition: { status: 'True' } });
    const stored = { token: tokenOf('u1'), 'cluster-name': 'c1' };
    expect(driver.glance({ ...REQUEST, stored })).toMatchObject({ kind: 'nothing', condition: { status: 'True' } });
  });

  test.each([
    {
      what: 'of another account than the hub says',
      over: { said: 'old', given: 'new' },
      problem: 'the token is of service account UID new, not of old',
    },
    {
      what: 'that the clock of the cluster has nearly outlived',
      over: { aheadSeconds: 801 },
      problem: 'hardly any of its lifetime is left by the clock of this cluster',
    },
    {
      what: 'that the clock of the cluster has outlived',
      over: { aheadSeconds: 1001 },
      problem: 'the token has expired by the clock of this cluster',
    },
  ])('[registration 61] one $what is a failure, so that the next request waits', async ({ over, problem }) => {
    const message = `Failed to create token: a new one would not do: ${problem}`;
    await expect(setUp(over).driver.process(REQUEST, signal)).resolves.toMatchObject({
      kind: 'failed',
      error: { message: `no token for the add-on x: a new one would not do: ${problem}` },
      condition: { type: 'TokenRefreshed', status: 'False', reason: 'TokenCreationFailed', message },
    });
  });

  test.each([
    { what: 'another account', addOn: addOnWith('u2'), want: true },
    { what: 'its own words', addOn: addOnWith('u1', 'refused, request 4711'), want: false },
  ])('[registration 61] $what of the add-on wakes it: $want', ({ addOn, want }) => {
    expect(setUp({}).wakes(addOn)).toBe(want);
  });
});
