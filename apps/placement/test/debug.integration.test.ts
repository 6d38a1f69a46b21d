import { Event, Placement, PlacementDecision } from '@ocm/api';
import { issueKeyAndCertificate } from '@ocm/pki';
import { aPlacement, type ClusterOver, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aCaller, ask, type DebugAnswer, type DebugQuestion, type DebugServer, startDebugServer } from './debug-lab.ts';
import { type PlacementLab, startPlacementLab, Tenant } from './placement-lab.ts';

const NS = 'debugged';
let lab: PlacementLab;
let server: DebugServer;
let tenant: Tenant;
/** May do everything on the debug path, and get and create Placements in the tenant's namespace. */
let insider: string;
/** May use the debug path, and nothing else. */
let outsider: string;

beforeAll(async () => {
  lab = await startPlacementLab();
  server = await startDebugServer(lab);
  tenant = await Tenant.withSet(lab, NS);
  await tenant.addClusters(['c1'], { labels: { env: 'prod' }, ...resources('10', '50') });
  await tenant.addClusters(['c2'], { labels: { env: 'prod' }, ...resources('7', '90') });
  await tenant.addClusters(['c3'], { labels: { env: 'dev' }, ...resources('9', '80') });
  await tenant.addClusters(['c4'], {
    labels: { env: 'prod' },
    taints: [{ key: 'broken', effect: 'NoSelect', timeAdded: '2026-01-01T00:00:00Z' }],
  });
  insider = await aCaller(lab, 'insider', { urls: ['*'], placements: { [NS]: ['get', 'create'] } });
  outsider = await aCaller(lab, 'outsider', { urls: ['*'], placements: { default: ['get', 'create'] } });
  const body = JSON.stringify(aPlacement({ namespace: NS, spec: BY_RESOURCES }));
  await until(
    async () => {
      const { aggregatedScores } = (await debug('', { token: insider, method: 'POST', body })).json() as Record<
        string,
        unknown
      >;
      return JSON.stringify(aggregatedScores) === JSON.stringify(RESULTS_BY_RESOURCES.aggregatedScores);
    },
    { describe: 'the debug server knows the clusters' },
  );
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});

function resources(cpu: string, memory: string): Pick<ClusterOver, 'allocatable' | 'capacity'> {
  return { allocatable: { cpu, memory }, capacity: { cpu: '10', memory: '100' } };
}

/** Asks about the tenant's namespace. */
function debug(rest: string, question: DebugQuestion): Promise<DebugAnswer> {
  return ask(server.port, `/debug/placements/${rest}`, question);
}

/** Waits until the server has seen a Placement that has just been made. */
async function debugStored(name: string, question: DebugQuestion, query = ''): Promise<DebugAnswer> {
  await until(async () => (await debug(`${NS}/${name}`, { token: insider })).status !== 404, {
    describe: `the debug server knows ${name}`,
  });
  return debug(`${NS}/${name}${query}`, question);
}

const BY_RESOURCES = {
  numberOfClusters: 1,
  predicates: [{ requiredClusterSelector: { labelSelector: { matchLabels: { env: 'prod' } } } }],
  prioritizerPolicy: {
    mode: 'Exact',
    configurations: [
      { scoreCoordinate: { type: 'BuiltIn', builtIn: 'ResourceAllocatableMemory' }, weight: 2 },
      { scoreCoordinate: { type: 'BuiltIn', builtIn: 'ResourceAllocatableCPU' }, weight: 1 },
    ],
  },
} as const;
/** With what the API server fills in. */
const AS_STORED = { ...BY_RESOURCES, sortBy: 'ClusterName', scoreRateLimit: '1m' };
const [C1, C2, C4] = [`${NS}-c1`, `${NS}-c2`, `${NS}-c4`];
const RESULTS_BY_RESOURCES = {
  filteredPipelineResults: [
    { name: 'Predicate', filteredClusters: expect.arrayContaining([C1, C2, C4]) },
    { name: 'Predicate,TaintToleration', filteredClusters: [C2, C1] },
  ],
  prioritizeResults: [
    { name: 'ResourceAllocatableCPU', weight: 1, scores: { [C1]: 100, [C2]: -100 } },
    { name: 'ResourceAllocatableMemory', weight: 2, scores: { [C1]: -100, [C2]: 100 } },
  ],
  aggregatedScores: [
    { clusterName: C2, score: 100 },
    { clusterName: C1, score: -100 },
  ],
};

describe('GET of a stored Placement', () => {
  test('[placement 75] answers what scheduling would do, to those who may get Placements of the namespace', async () => {
    await tenant.place('stored', BY_RESOURCES);
    const answer = await debugStored('stored', { token: insider });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json()).toEqual({
      placement: { metadata: { name: 'stored', namespace: NS }, spec: AS_STORED, status: {} },
      ...RESULTS_BY_RESOURCES,
    });
  });

  test('[placement 76] is refused to whoever may not get Placements there, and to strangers before that', async () => {
    await tenant.place('private');
    const outside = await debugStored('private', { token: outsider });
    expect(outside.status).toBe(403);
    expect(outside.json()).toEqual({
      error: `user does not have permission to get placements in namespace ${NS}: `,
    });
    const stranger = await aCaller(lab, 'stranger', { placements: { [NS]: ['get'] } });
    const strange = await debug(`${NS}/private`, { token: stranger });
    expect(strange.status).toBe(403);
    const path = `/debug/placements/${NS}/private`;
    expect(strange.json()).toMatchObject({
      kind: 'Status',
      message: `forbidden: User "system:serviceaccount:callers:stranger" cannot get path "${path}"`,
    });
    const nobody = await debug(`${NS}/private`, {});
    expect(nobody.status).toBe(403);
    expect(nobody.text).toContain('User \\"system:anonymous\\" cannot get path');
    const forged = await debug(`${NS}/private`, { token: `${insider}x` });
    expect(forged.status).toBe(401);
  });

  test.each([
    { rest: `${NS}/nothing`, status: 404, error: "placement 'nothing' not found" },
    { rest: 'one', status: 400, error: 'invalid debug path: namespace and name required' },
    { rest: `${NS}/`, status: 400, error: 'invalid debug path: namespace and name required' },
    { rest: 'a/b/c', status: 400, error: 'unexpected key format: "a/b/c"' },
    { rest: '%ff', status: 400, error: undefined },
  ])('[placement 77] $rest is answered with $status', async ({ rest, status, error }) => {
    const answer = await debug(rest, { token: insider });
    expect(answer.status).toBe(status);
    if (error !== undefined) expect(answer.json()).toEqual({ error });
  });

  test('[placement 77] of a Placement that is not there is a 404 also for those who could not see it', async () => {
    expect((await debug(`${NS}/nothing`, { token: outsider })).status).toBe(404);
  });

  test.each(['DELETE', 'PUT', 'PATCH'])('[placement 77] %s is not a method here', async (method) => {
    const answer = await debug(`${NS}/stored`, { token: insider, method });
    expect(answer.status).toBe(405);
    expect(answer.json()).toEqual({ error: `method ${method} not allowed` });
  });

  test('[placement 79] of a misconfigured Placement ends before the filter that fails', async () => {
    await tenant.place('crooked', { tolerations: [{ operator: 'Equal', value: 'x' }] });
    const answer = await debugStored('crooked', { token: insider });
    expect(answer.status).toBe(200);
    const body = answer.json() as { filteredPipelineResults: readonly { readonly name: string }[] };
    expect(body.filteredPipelineResults.map(({ name }) => name)).toEqual(['Predicate']);
    expect(Object.keys(body)).toEqual(['placement', 'filteredPipelineResults']);
    await tenant.place('senseless', {
      predicates: [{ requiredClusterSelector: { celSelector: { celExpressions: ['x.y'] } } }],
    });
    expect(Object.keys((await debugStored('senseless', { token: insider })).json() as object)).toEqual(['placement']);
  });
});

describe('POST of a Placement', () => {
  const draft = aPlacement({ namespace: NS, name: 'draft', spec: BY_RESOURCES });

  test('[placement 78] simulates it and stores nothing', async () => {
    const answer = await debug('anything/at/all', { token: insider, method: 'POST', body: JSON.stringify(draft) });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject(RESULTS_BY_RESOURCES);
    expect(await lab.admin.kind(Placement).find(tenant.ref('draft'), lab)).toBeUndefined();
    expect([await tenant.listAll(PlacementDecision), await tenant.listAll(Event)]).toEqual([[], []]);
  });

  test('[placement 76] is refused to whoever may not create Placements there', async () => {
    const answer = await debug('', { token: outsider, method: 'POST', body: JSON.stringify(draft) });
    expect(answer.status).toBe(403);
    expect(answer.json()).toEqual({
      error: `user does not have permission to create placements in namespace ${NS}: `,
    });
  });

  test('fills in no defaults: without weight a prioritizer does not count', async () => {
    const [coordinate] = BY_RESOURCES.prioritizerPolicy.configurations;
    const configurations = [{ scoreCoordinate: coordinate.scoreCoordinate }];
    const body = JSON.stringify({ ...draft, spec: { prioritizerPolicy: { mode: 'Exact', configurations } } });
    const answer = await debug('', { token: insider, method: 'POST', body });
    expect(answer.json()).not.toHaveProperty('prioritizeResults');
  });

  test('does not keep health waiting, however long its expressions take', async () => {
    const digits = '[0,1,2,3,4,5,6,7,8,9]';
    const slow = ['a', 'b', 'c', 'd', 'e'].reduceRight(
      (inner, each) => `${digits}.all(${each}, ${inner})`,
      'a+b+c+d+e >= 0',
    );
    const predicate = { requiredClusterSelector: { celSelector: { celExpressions: [`!${slow}`] } } };
    const body = JSON.stringify({ ...draft, spec: { predicates: Array.from({ length: 6 }, () => predicate) } });
    const sentAt = performance.now();
    const answered = new AbortController();
    const answer = debug('', { token: insider, method: 'POST', body }).finally(() => answered.abort());
    let healthy = 0;
    while (!answered.signal.aborted) {
      // By then it is past the access reviews, and is being worked on.
      const isWorkedOn = performance.now() - sentAt > 500;
      expect((await ask(server.port, '/healthz')).text).toBe('ok');
      if (isWorkedOn && !answered.signal.aborted) healthy += 1;
    }
    // On a very busy machine it may have been given up.
    expect([200, 500]).toContain((await answer).status);
    expect(healthy).toBeGreaterThan(0);
  });

  test.each([
    { what: 'no JSON', body: '{"spec":', error: /^failed to unmarshal placement JSON: / },
    {
      what: 'a number where a list belongs',
      body: '{"spec":{"predicates":7}}',
      error: /^failed to unmarshal placement JSON: spec\.predicates must be a list, not number$/,
    },
    {
      what: 'more than a mebibyte',
      body: `{"metadata":{"name":"${'x'.repeat(1_048_576)}"}}`,
      error: /^request body too large/,
    },
  ])('[placement 77] of $what is refused', async ({ body, error }) => {
    const whole = await debug('', { token: insider, method: 'POST', body });
    expect(whole.status).toBe(400);
    expect(whole.json()).toEqual({ error: expect.stringMatching(error) });
    const headers = { 'transfer-encoding': 'chunked' };
    const inPieces = await debug('', { token: insider, method: 'POST', body, headers });
    expect(inPieces.json()).toEqual({ error: expect.stringMatching(error) });
  });
});

describe('the caller', () => {
  test('of a client certificate of the hub is its common name, with its organizations as groups', async () => {
    const admin = await lab.controlPlane.clientCertificate({ user: 'boss', groups: ['system:masters'] });
    expect((await debug('one', { certificate: admin })).status).toBe(400);
    const jane = await lab.controlPlane.clientCertificate({ user: 'jane' });
    expect((await debug('one', { certificate: jane })).text).toContain('User \\"jane\\" cannot');
    const late = await lab.controlPlane.clientCertificate({ user: 'boss', groups: ['system:masters'], lifetimeMs: -1 });
    expect((await debug('one', { certificate: late })).status).toBe(401);
  });

  test('is the one whom a front proxy names; nobody else may name one', async () => {
    const headers = { 'X-Remote-User': 'jane', 'X-Remote-Group': ['a', 'system:masters'] };
    const proxy = await issueKeyAndCertificate(lab.controlPlane.frontCa, {
      commonName: 'front-proxy-client',
      organizations: [],
      usages: ['client'],
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 600_000),
    });
    expect((await debug('one', { certificate: proxy, headers })).status).toBe(400);
    expect((await debug('one', { certificate: proxy })).status).toBe(401);
    const jane = await lab.controlPlane.clientCertificate({ user: 'someone' });
    expect((await debug('one', { certificate: jane, headers })).text).toContain('User \\"someone\\"');
    expect((await debug('one', { headers })).text).toContain('system:anonymous');
  });
});

test('health is for everybody, metrics and version are for those who may get them', async () => {
  const scraper = await aCaller(lab, 'scraper', { metrics: true });
  const status = async (path: string, question?: DebugQuestion): Promise<number> =>
    (await ask(server.port, path, question)).status;
  expect(await Promise.all(['/healthz', '/readyz', '/livez'].map((path) => status(path)))).toEqual([200, 200, 200]);
  expect(await status('/metrics')).toBe(403);
  expect(await status('/metrics', { token: insider })).toBe(403);
  const metrics = await ask(server.port, '/metrics', { token: scraper });
  expect(metrics.status).toBe(200);
  expect(metrics.text).toContain('rest_client_requests_total');
  expect(metrics.text).not.toContain('scheduling_');
  const anybody = await ask(server.port, '/version', { token: scraper });
  // Kubernetes itself lets everybody with a token read versions.
  expect(anybody.json()).toMatchObject({ compiler: 'node', gitVersion: expect.stringMatching(/^v/) });
});

async function explainWhy(cluster: string): Promise<unknown> {
  return (await debugStored('why', { token: insider }, `?explain=${cluster}`)).json();
}

describe('an explanation', () => {
  test('says why a cluster of a stored Placement is chosen or not', async () => {
    await tenant.place('why', BY_RESOURCES);
    expect(await explainWhy(C1)).toMatchObject({
      placement: { namespace: NS, name: 'why' },
      cluster: C1,
      explanation: { kind: 'outranked', rank: 2, total: -100, lastSelected: { cluster: C2, total: 100, ahead: 200 } },
    });
    expect(await explainWhy(C2)).toMatchObject({ explanation: { kind: 'selected', rank: 1 } });
    expect(await explainWhy(`${NS}-c3`)).toMatchObject({
      message: `no predicate matches ${NS}-c3: predicates[0] wants label env In [prod], but it is "dev"`,
    });
    expect(await explainWhy(C4)).toMatchObject({
      explanation: { kind: 'not-tolerated', missing: { key: 'broken', operator: 'Exists', effect: 'NoSelect' } },
    });
    expect(await explainWhy('c9')).toMatchObject({ message: 'there is no ManagedCluster c9' });
  });

  test('has the access rules of a simulation', async () => {
    await tenant.place('why-not');
    expect((await debugStored('why-not', { token: outsider }, `?explain=${C1}`)).status).toBe(403);
  });
});
