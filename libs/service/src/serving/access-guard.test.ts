import { describe, expect, test } from '@jest/globals';
import type { SubjectAccessReview, TokenReview } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import { manualClock } from '../../test/manual-clock.ts';
import { createAccessGuard } from './access-guard.ts';

const signal = new AbortController().signal;

interface World {
  readonly tokens: Readonly<Record<string, NonNullable<TokenReview['status']>>>;
  /** Users who may read metrics. */
  readonly readers: readonly string[];
}

/** An API server that knows tokens and readers, and remembers what it was asked. */
function apiServer(world: World): {
  readonly client: Pick<KubeClient, 'kind'>;
  readonly asked: (TokenReview['spec'] | SubjectAccessReview['spec'])[];
} {
  const asked: (TokenReview['spec'] | SubjectAccessReview['spec'])[] = [];
  const create = (review: TokenReview | SubjectAccessReview): Promise<object> => {
    asked.push(review.spec);
    if ('token' in review.spec) return Promise.resolve({ status: world.tokens[review.spec.token] ?? {} });
    return Promise.resolve({ status: { allowed: world.readers.includes(review.spec.user ?? '') } });
  };
  return { client: { kind: () => ({ create }) } as unknown as Pick<KubeClient, 'kind'>, asked };
}

const prometheus = {
  authenticated: true,
  user: { username: 'prometheus', uid: 'u', groups: ['g'], extra: { e: ['x'] } },
};
const world: World = {
  tokens: {
    good: prometheus,
    stranger: { authenticated: true, user: { username: 'stranger' } },
    expired: { authenticated: false, error: 'expired', user: { username: 'prometheus' } },
    nameless: { authenticated: true, user: {} },
    openshift: {
      authenticated: true,
      user: { username: 'system:serviceaccount:openshift-monitoring:prometheus-k8s' },
    },
  },
  readers: ['prometheus'],
};

describe('createAccessGuard', () => {
  test.each([
    { token: 'good', want: 'allowed' },
    { token: 'stranger', want: 'forbidden' },
    { token: 'expired', want: 'unauthenticated' },
    { token: 'nameless', want: 'unauthenticated' },
    { token: 'unknown', want: 'unauthenticated' },
    { token: 'openshift', want: 'allowed' },
    { token: '', want: 'unauthenticated' },
    { token: undefined, want: 'unauthenticated' },
    { token: 'x'.repeat(20_000), want: 'unauthenticated' },
  ])('$token is $want', async ({ token, want }) => {
    const guard = createAccessGuard({ client: apiServer(world).client, clock: manualClock() });
    expect(await guard({ token, path: '/metrics' }, signal)).toBe(want);
  });

  test('the access review is about the path and carries all that is known of the user', async () => {
    const { client, asked } = apiServer(world);
    await createAccessGuard({ client, clock: manualClock() })({ token: 'good', path: '/metrics' }, signal);
    expect(asked[1]).toEqual({
      user: 'prometheus',
      uid: 'u',
      groups: ['g'],
      extra: { e: ['x'] },
      nonResourceAttributes: { path: '/metrics', verb: 'get' },
    });
  });

  test('an answer is believed for 35 s, for this token and this path', async () => {
    const { client, asked } = apiServer(world);
    const clock = manualClock();
    const guard = createAccessGuard({ client, clock });
    await guard({ token: 'good', path: '/metrics' }, signal);
    clock.advance(34_999);
    await guard({ token: 'good', path: '/metrics' }, signal);
    expect(asked).toHaveLength(2);
    await guard({ token: 'good', path: '/other' }, signal);
    expect(asked).toHaveLength(4);
    clock.advance(1);
    await guard({ token: 'good', path: '/metrics' }, signal);
    expect(asked).toHaveLength(6);
  });

  test('strangers with many tokens do not fill the memory', async () => {
    const { client, asked } = apiServer(world);
    const guard = createAccessGuard({ client, clock: manualClock() });
    await guard({ token: 'good', path: '/metrics' }, signal);
    for (let index = 0; index < 64; index += 1) await guard({ token: `t${index}`, path: '/metrics' }, signal);
    const before = asked.length;
    await guard({ token: 't63', path: '/metrics' }, signal);
    expect(asked.length).toBe(before); // still kept
    await guard({ token: 'good', path: '/metrics' }, signal);
    expect(asked.length).toBe(before + 2); // was dropped as the oldest
  });

  test('an outage of the API server is an error, and not believed', async () => {
    const { client } = apiServer(world);
    let down = true;
    const flaky = {
      kind: (kind: Parameters<KubeClient['kind']>[0]) => {
        if (down) throw new Error('down');
        return client.kind(kind);
      },
    } as Pick<KubeClient, 'kind'>;
    const guard = createAccessGuard({ client: flaky, clock: manualClock() });
    await expect(guard({ token: 'good', path: '/metrics' }, signal)).rejects.toThrow('down');
    down = false;
    expect(await guard({ token: 'good', path: '/metrics' }, signal)).toBe('allowed');
  });
});
