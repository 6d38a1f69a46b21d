import { describe, expect, test } from '@jest/globals';
import type { TokenReview } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import { type Authentication, createAuthenticator, type Credentials } from './authenticate.ts';
import { FairQueue } from './fair-queue.ts';

const { signal } = new AbortController();
const ann = { user: 'ann', groups: ['g'] };

/** A hub that knows one token. */
function setUp() {
  let nowMs = 1000;
  const reviewed: string[] = [];
  const create = (review: TokenReview): Promise<TokenReview> => {
    const { token } = review.spec;
    reviewed.push(token);
    if (token === 'broken') return Promise.reject(new Error('the hub is away'));
    const known = token === 'good' ? { authenticated: true, user: { username: 'tom', groups: ['t'] } } : {};
    return Promise.resolve({ ...review, status: known });
  };
  const client = { kind: () => ({ create }) } as unknown as Pick<KubeClient, 'kind'>;
  const authenticate = createAuthenticator({
    client,
    clock: { now: () => new Date(nowMs) },
    questions: new FairQueue({ atOnce: 4, mostWaitingPerKey: 10 }),
    signal,
  });
  const as = (over: Partial<Credentials>): Promise<Authentication> =>
    authenticate({ authorization: undefined, certificate: undefined, peer: 'p', ...over });
  return { as, reviewed, pass: (ms: number) => (nowMs += ms) };
}

const certificate = { caller: ann, notAfterMs: 5000 };
const byToken = { kind: 'authenticated', caller: { user: 'tom', groups: ['t'] }, by: 'token' };
const byCertificate = { kind: 'authenticated', caller: ann, by: 'certificate' };

describe('who calls', () => {
  test.each<[string, Partial<Credentials>, object]>([
    ['a good token', { authorization: 'Bearer good' }, byToken],
    ['a good token without the word', { authorization: 'good' }, byToken],
    ['a good token and a certificate', { authorization: 'Bearer good', certificate }, byToken],
    ['a bad token and a certificate', { authorization: 'Bearer bad', certificate }, byCertificate],
    ['a token nobody can check and a certificate', { authorization: 'Bearer broken', certificate }, byCertificate],
    ['a certificate', { certificate }, byCertificate],
    ['nothing', {}, { kind: 'unauthenticated', message: 'could not verify peer certificate; invalid token' }],
    ['an empty token', { authorization: 'Bearer ' }, { kind: 'unauthenticated' }],
    ['the word in lower case', { authorization: 'bearer good' }, { kind: 'unauthenticated' }],
    ['a huge token', { authorization: `Bearer ${'x'.repeat(20_000)}` }, { kind: 'unauthenticated' }],
    ['a token nobody can check', { authorization: 'Bearer broken' }, { kind: 'unknown' }],
    [
      'a certificate of nobody',
      { certificate: { ...certificate, caller: { user: '', groups: [] } } },
      { kind: 'unauthenticated' },
    ],
  ])('[cloudevents-grpc 56] with %s', async (_what, credentials, expected) => {
    expect(await setUp().as(credentials)).toMatchObject(expected);
  });

  test('[cloudevents-grpc 56] a certificate that has expired since the handshake is good for nothing', async () => {
    const { as, pass } = setUp();
    expect(await as({ certificate })).toEqual(byCertificate);
    pass(4000);
    expect(await as({ certificate })).toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining('it has expired'),
    });
  });

  test('[cloudevents-grpc 56] a good token is believed for 10 s, a bad one is reviewed each time', async () => {
    const { as, reviewed, pass } = setUp();
    for (const _ of [1, 2]) await as({ authorization: 'Bearer good' });
    for (const _ of [1, 2]) await as({ authorization: 'Bearer bad' });
    pass(10_000);
    await as({ authorization: 'Bearer good' });
    expect(reviewed).toEqual(['good', 'bad', 'bad', 'good']);
  });
});
