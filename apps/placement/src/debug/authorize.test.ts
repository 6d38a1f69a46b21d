import type { SubjectAccessReview } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import { expect, test } from '@jest/globals';
import { createAuthorize } from './authorize.ts';
import type { Caller } from './caller.ts';

const { signal } = new AbortController();
const JANE: Caller = { username: 'jane', uid: 'u', groups: ['dev'], extra: { e: ['x'] } };

/** A hub that lets everybody `get`, and remembers what it was asked. */
function hub() {
  let nowMs = 0;
  const asked: SubjectAccessReview['spec'][] = [];
  const create = ({ spec }: SubjectAccessReview): Promise<object> => {
    asked.push(spec);
    const { verb } = spec.nonResourceAttributes ?? spec.resourceAttributes ?? {};
    return Promise.resolve({ status: { allowed: verb === 'get' } });
  };
  const client = { kind: () => ({ create }) } as unknown as Pick<KubeClient, 'kind'>;
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { authorize: createAuthorize(client, { now: () => new Date(nowMs) }), asked, pass };
}

test.each([
  { verb: 'get', allowed: true, believedMs: 35_000 },
  { verb: 'post', allowed: false, believedMs: 10_000 },
])(
  'an answer about a path is believed for its time: $verb for $believedMs ms',
  async ({ verb, allowed, believedMs }) => {
    const { authorize, asked, pass } = hub();
    const ask = () => authorize.request(JANE, { verb, path: '/debug/placements/a/b' }, signal);
    expect(await ask()).toMatchObject({ allowed });
    pass(believedMs - 1);
    await ask();
    expect(asked).toEqual([
      {
        user: 'jane',
        uid: 'u',
        groups: ['dev'],
        extra: { e: ['x'] },
        nonResourceAttributes: { path: '/debug/placements/a/b', verb },
      },
    ]);
    pass(1);
    await ask();
    expect(asked).toHaveLength(2);
  },
);

test('an answer is believed for one caller, path and verb', async () => {
  const { authorize, asked } = hub();
  await authorize.request(JANE, { verb: 'get', path: '/a' }, signal);
  await authorize.request(JANE, { verb: 'get', path: '/b' }, signal);
  await authorize.request(JANE, { verb: 'post', path: '/a' }, signal);
  await authorize.request({ ...JANE, groups: ['ops'] }, { verb: 'get', path: '/a' }, signal);
  expect(asked).toHaveLength(4);
});

test('Placements are asked about every time', async () => {
  const { authorize, asked } = hub();
  expect(await authorize.placements(JANE, { verb: 'get', namespace: 'n' }, signal)).toMatchObject({ allowed: true });
  expect(await authorize.placements(JANE, { verb: 'create', namespace: 'n' }, signal)).toMatchObject({
    allowed: false,
  });
  await authorize.placements(JANE, { verb: 'get', namespace: 'n' }, signal);
  expect(asked).toHaveLength(3);
  expect(asked[0]).toMatchObject({
    user: 'jane',
    resourceAttributes: {
      group: 'cluster.open-cluster-management.io',
      version: 'v1beta1',
      resource: 'placements',
      namespace: 'n',
      verb: 'get',
    },
  });
});

test('nobody is asked about masters, nor about the metrics for the monitoring stack of OpenShift', async () => {
  const { authorize, asked } = hub();
  const master = { username: 'm', groups: ['system:masters'] };
  expect(await authorize.request(master, { verb: 'delete', path: '/x' }, signal)).toMatchObject({ allowed: true });
  const scraper = { username: 'system:serviceaccount:openshift-monitoring:prometheus-k8s', groups: [] };
  expect(await authorize.request(scraper, { verb: 'get', path: '/metrics' }, signal)).toMatchObject({ allowed: true });
  expect(asked).toEqual([]);
  await authorize.request(scraper, { verb: 'get', path: '/debug/placements/a/b' }, signal);
  await authorize.request(scraper, { verb: 'post', path: '/metrics' }, signal);
  expect(asked).toHaveLength(2);
});
