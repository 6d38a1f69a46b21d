import { describe, expect, test } from '@jest/globals';
import { type ManualClock, manualClock } from '../test/manual-clock.ts';
import { DiscoveryMapper } from './discovery.ts';
import type { ApiAnswer, ApiRequest } from './requester.ts';

const { signal } = new AbortController();
const DEPLOYMENT = { group: 'apps', version: 'v1', kind: 'Deployment' };
const APPS = {
  resources: [
    { name: 'deployments/scale', kind: 'Scale', namespaced: true },
    { name: 'deployments', kind: 'Deployment', namespaced: true },
    { name: 'deployments/status', kind: 'Deployment', namespaced: true },
  ],
};

function setUp(answer: (path: string) => Partial<ApiAnswer> | Promise<never>): {
  mapper: DiscoveryMapper;
  paths: string[];
  clock: ManualClock;
} {
  const paths: string[] = [];
  const exchange = async ({ path }: ApiRequest): Promise<ApiAnswer> => {
    paths.push(path);
    return { status: 200, headers: {}, text: '', ...(await answer(path)) };
  };
  const clock = manualClock();
  return { mapper: new DiscoveryMapper({ exchange }, clock), paths, clock };
}

describe('find', () => {
  test('asks once for a group and version', async () => {
    const { mapper, paths } = setUp(() => ({ text: JSON.stringify(APPS) }));
    const found = await mapper.find(DEPLOYMENT, { signal });
    expect(found).toEqual({ ...DEPLOYMENT, plural: 'deployments', namespaced: true });
    await mapper.find(DEPLOYMENT, { signal });
    expect(paths).toEqual(['/apis/apps/v1']);
  });

  test('the core group has its own path', async () => {
    const { mapper, paths } = setUp(() => ({ text: '{"resources":[{"name":"pods","kind":"Pod","namespaced":true}]}' }));
    expect(await mapper.find({ group: '', version: 'v1', kind: 'Pod' }, { signal })).toMatchObject({ plural: 'pods' });
    expect(paths).toEqual(['/api/v1']);
  });

  test('the kind of a subresource is not served by itself', async () => {
    const { mapper } = setUp(() => ({ text: JSON.stringify(APPS) }));
    expect(await mapper.find({ ...DEPLOYMENT, kind: 'Scale' }, { signal })).toBeUndefined();
  });

  test.each(['{}', '{"resources":[]}', '{"resources":null}'])('%s serves nothing', async (text) => {
    const { mapper } = setUp(() => ({ text }));
    expect(await mapper.find(DEPLOYMENT, { signal })).toBeUndefined();
  });

  test('many that miss at once share one request, which one of them cannot end', async () => {
    const answered = Promise.withResolvers<never>();
    const { mapper, paths } = setUp(() => answered.promise);
    const stop = new AbortController();
    const given = mapper.find(DEPLOYMENT, { signal: stop.signal });
    const others = [1, 2].map(() => mapper.find(DEPLOYMENT, { signal }));
    stop.abort(new Error('enough'));
    await expect(given).rejects.toBe(stop.signal.reason);
    answered.resolve({ text: JSON.stringify(APPS) } as never);
    expect((await Promise.all(others)).map((kind) => kind?.plural)).toEqual(['deployments', 'deployments']);
    expect(paths).toHaveLength(1);
  });
});

describe('a miss', () => {
  test('is asked again, but not at once', async () => {
    let served: object = { resources: [] };
    const { mapper, paths, clock } = setUp(() => ({ text: JSON.stringify(served) }));
    expect(await mapper.find(DEPLOYMENT, { signal })).toBeUndefined();
    served = APPS;
    expect(await mapper.find(DEPLOYMENT, { signal })).toBeUndefined();
    expect(paths).toHaveLength(1);
    await clock.advance(3000);
    expect(await mapper.find(DEPLOYMENT, { signal })).toMatchObject({ plural: 'deployments' });
    expect(paths).toHaveLength(2);
  });

  test.each(['404 page not found\n', '{"kind":"Status","apiVersion":"v1","reason":"NotFound","details":{}}'])(
    'is what the API server says with 404 (%s)',
    async (text) => {
      const { mapper } = setUp(() => ({ status: 404, text }));
      expect(await mapper.find(DEPLOYMENT, { signal })).toBeUndefined();
    },
  );

  test.each([
    { status: 503, text: '{"kind":"Status","reason":"ServiceUnavailable"}', code: 'unavailable' },
    { status: 403, text: '{"kind":"Status","reason":"Forbidden"}', code: 'forbidden' },
    { status: 404, text: '<html>no such host</html>', code: 'unavailable' },
    { status: 200, text: '<html>', code: 'unavailable' },
  ])('[work 22] is not what an outage is ($status $text)', async ({ code, ...answer }) => {
    const { mapper } = setUp(() => answer);
    await expect(mapper.find(DEPLOYMENT, { signal })).rejects.toMatchObject({ code });
  });

  test('[work 22] an outage after the first answer is no miss either, and is not remembered', async () => {
    let healthy = true;
    const { mapper, clock } = setUp(() => (healthy ? { text: '{"resources":[]}' } : Promise.reject(new Error('down'))));
    await mapper.find(DEPLOYMENT, { signal });
    await clock.advance(5000);
    healthy = false;
    await expect(mapper.find(DEPLOYMENT, { signal })).rejects.toThrow('down');
    healthy = true;
    expect(await mapper.find(DEPLOYMENT, { signal })).toBeUndefined();
  });
});

test('a kind that turned out not to be served is looked up again', async () => {
  const { mapper, paths } = setUp(() => ({ text: JSON.stringify(APPS) }));
  const kind = await mapper.find(DEPLOYMENT, { signal });
  if (kind === undefined) throw new Error('it is served');
  mapper.forget(kind);
  await mapper.find(DEPLOYMENT, { signal });
  expect(paths).toHaveLength(2);
});
