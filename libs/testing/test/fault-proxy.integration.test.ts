import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type ClientCertificateRequest,
  type ControlPlane,
  type FaultProxy,
  startControlPlane,
  startFaultProxy,
  until,
} from '../src/index.ts';
import { type Answer, type ProtocolClient, protocolClient, type Watch } from './protocol-client.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

function valueOf({ json }: Answer): string | undefined {
  return (json as { data?: { value?: string } }).data?.value;
}

function setValue(client: ProtocolClient, name: string, value: string): Promise<Answer> {
  return client.send('PATCH', `${MAPS}/${name}`, { body: { data: { value } } });
}

function names({ events }: Watch): (string | undefined)[] {
  return events.map((event) => event.object.metadata?.name);
}

let cp: ControlPlane;
beforeAll(async () => {
  cp = await startControlPlane({ crds: false });
});
afterAll(() => cp.stop());

describe.each(['http/1.1', 'h2'] as const)('over %s', (protocol) => {
  let proxy: FaultProxy;
  let admin: ProtocolClient;
  let direct: ProtocolClient;
  const opened: ProtocolClient[] = [];
  let count = 0;

  const clientFor = async (url: string, user: ClientCertificateRequest) => {
    const { certificatePem: cert, privateKeyPem: key } = await cp.clientCertificate(user);
    return track(protocolClient(protocol, url, { ca: cp.caPem, cert, key }));
  };
  const track = (client: ProtocolClient): ProtocolClient => {
    opened.push(client);
    return client;
  };
  /** Creates a ConfigMap without the proxy and returns its name. */
  const newMap = async (): Promise<string> => {
    count += 1;
    const name = `map-${protocol.replaceAll(/\W/g, '')}-${count}`;
    await direct.send('POST', MAPS, { body: { metadata: { name }, data: { value: 'old' } } });
    return name;
  };
  beforeAll(async () => {
    proxy = await startFaultProxy({ controlPlane: cp });
    direct = await clientFor(cp.url, { user: 'direct', groups: ['system:masters'] });
  });
  beforeAll(async () => {
    admin = await clientFor(proxy.url, { user: 'admin', groups: ['system:masters'] });
  });
  afterEach(() => {
    proxy.clearFaults();
    proxy.thawView();
  });
  afterAll(async () => {
    for (const client of opened) client.close();
    await proxy.close();
  });

  describe('without faults', () => {
    test('the API server knows the user and the groups of the client certificate', async () => {
      const jane = await clientFor(proxy.url, { user: 'jane', groups: ['readers', 'writers'] });
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
      const { json } = await jane.send('POST', REVIEW, { body });
      expect(json).toMatchObject({
        status: { userInfo: { username: 'jane', groups: ['readers', 'writers', 'system:authenticated'] } },
      });
    });

    test('a client cannot name its user in headers', async () => {
      const jane = await clientFor(proxy.url, { user: 'jane' });
      const headers = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
      expect((await jane.send('GET', MAPS, { headers })).status).toBe(403);
    });

    test('a bearer token passes, and no credential at all is anonymous', async () => {
      await direct.send('POST', '/api/v1/namespaces/default/serviceaccounts', {
        body: { metadata: { name: 'robot' } },
      });
      const path = '/api/v1/namespaces/default/serviceaccounts/robot/token';
      const { json } = await direct.send('POST', path, { body: { spec: {} } });
      const { token } = (json as { status: { token: string } }).status;
      const bare = track(protocolClient(protocol, proxy.url, { ca: cp.caPem }));
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
      const known = await bare.send('POST', REVIEW, { body, headers: { authorization: `Bearer ${token}` } });
      expect(known.json).toMatchObject({ status: { userInfo: { username: 'system:serviceaccount:default:robot' } } });
      expect((await bare.send('GET', '/readyz')).status).toBe(200);
      expect((await bare.send('GET', MAPS)).status).toBe(403);
      expect((await bare.send('GET', MAPS, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    });

    test('an expired certificate is answered with 401', async () => {
      const late = await clientFor(proxy.url, { user: 'late', groups: ['system:masters'], lifetimeMs: -1000 });
      expect((await late.send('GET', MAPS)).status).toBe(401);
    });

    test('a certificate that expires while the connection lasts is answered with 401', async () => {
      const brief = await clientFor(proxy.url, { user: 'brief', groups: ['system:masters'], lifetimeMs: 5000 });
      expect((await brief.send('GET', MAPS)).status).toBe(200);
      await until(async () => (await brief.send('GET', MAPS)).status === 401, { describe: 'refused' });
    });

    test('requests are recorded with what they asked for, by whom and how it went', async () => {
      proxy.clearRequests();
      await admin.send('GET', `${MAPS}/none`, { headers: { 'user-agent': 'work-agent/1' } });
      expect(proxy.requests({ userAgent: /^work-agent/ })).toMatchObject([
        { verb: 'get', resource: 'configmaps', namespace: 'default', name: 'none', user: 'admin', status: 404 },
      ]);
      expect(proxy.requests({ userAgent: /^registration-agent/ })).toEqual([]);
    });

    test('a watch delivers events while it runs', async () => {
      const watch = await admin.watch(`${MAPS}?watch=true`);
      const name = await newMap();
      await until(() => watch.events.some((event) => event.object.metadata?.name === name), { describe: 'the event' });
      watch.close();
    });
  });

  describe('a single request', () => {
    test('is delayed', async () => {
      proxy.inject({ fault: { kind: 'latency', ms: 150 }, when: { verb: 'list' } });
      const before = performance.now();
      expect((await admin.send('GET', MAPS)).status).toBe(200);
      expect(performance.now() - before).toBeGreaterThanOrEqual(149);
    });

    test.each([429, 500, 503])('is answered with %d as often as asked for, and only where it matches', async (code) => {
      const name = await newMap();
      const fault = { kind: 'status', code, retryAfterSeconds: 3 } as const;
      const injected = proxy.inject({ fault, when: { verb: ['patch', 'update'], resource: 'configmaps' }, times: 2 });
      expect((await admin.send('GET', `${MAPS}/${name}`)).status).toBe(200);
      const first = await setValue(admin, name, 'new');
      expect([first.status, first.headers['retry-after']]).toEqual([code, '3']);
      expect(first.json).toMatchObject({ kind: 'Status', code, details: { retryAfterSeconds: 3 } });
      expect((await setValue(admin, name, 'new')).status).toBe(code);
      expect(valueOf(await direct.send('GET', `${MAPS}/${name}`))).toBe('old');
      expect((await setValue(admin, name, 'new')).status).toBe(200);
      expect(injected.hits).toBe(2);
    });

    test('is lost before the API server sees it', async () => {
      const name = await newMap();
      proxy.inject({ fault: { kind: 'drop-request' }, when: { verb: 'patch' }, times: 1 });
      await expect(setValue(admin, name, 'new')).rejects.toThrow();
      expect(valueOf(await direct.send('GET', `${MAPS}/${name}`))).toBe('old');
      expect((await setValue(admin, name, 'new')).status).toBe(200);
    });

    test('takes effect, and only its answer is lost', async () => {
      const name = await newMap();
      proxy.inject({ fault: { kind: 'drop-answer' }, when: { verb: 'patch' }, times: 1 });
      await expect(setValue(admin, name, 'new')).rejects.toThrow();
      expect(valueOf(await direct.send('GET', `${MAPS}/${name}`))).toBe('new');
    });

    test('breaks when all connections are dropped', async () => {
      proxy.clearRequests();
      proxy.inject({ fault: { kind: 'latency', ms: 60_000 }, times: 1 });
      const pending = expect(admin.send('GET', MAPS)).rejects.toThrow();
      await until(() => proxy.requests({}).length === 1, { describe: 'the request has arrived' });
      proxy.dropConnections();
      await pending;
    });
  });

  test('a fraction of the requests fails', async () => {
    const rolls = [0.1, 0.9, 0.3, 0.7];
    await using own = await startFaultProxy({ controlPlane: cp, random: () => rolls.shift() ?? 1 });
    own.inject({ fault: { kind: 'status', code: 500 }, fraction: 0.5 });
    const client = await clientFor(own.url, { user: 'admin', groups: ['system:masters'] });
    const seen = [];
    while (rolls.length > 0) seen.push((await client.send('GET', MAPS)).status);
    client.close();
    expect(seen).toEqual([500, 200, 500, 200]);
  });

  describe('a watch', () => {
    test('ends while it runs', async () => {
      const watch = await admin.watch(`${MAPS}?watch=true`);
      expect(proxy.openWatches({ resource: 'configmaps' })).toBe(1);
      expect(proxy.breakWatches('end', { resource: 'configmaps' })).toBe(1);
      await until(() => watch.state() === 'ended', { describe: 'the watch has ended' });
    });

    test('goes silent: no event, no end', async () => {
      const [silent, healthy] = [await admin.watch(`${MAPS}?watch=true`), await direct.watch(`${MAPS}?watch=true`)];
      proxy.breakWatches('silence');
      const name = await newMap();
      await until(() => names(healthy).includes(name), { describe: 'the event reaches the healthy watch' });
      await admin.send('GET', `${MAPS}/${name}`); // what comes over the same way as the event has arrived
      expect(names(silent)).not.toContain(name);
      expect(silent.state()).toBe('open');
      silent.close();
      healthy.close();
    });

    test('ends with an ERROR event 410', async () => {
      const watch = await admin.watch(`${MAPS}?watch=true`);
      proxy.breakWatches('gone');
      await until(() => watch.state() === 'ended', { describe: 'the watch has ended' });
      expect(watch.events.at(-1)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    });

    test('is refused with HTTP 410', async () => {
      proxy.inject({ fault: { kind: 'status', code: 410 }, when: { verb: 'watch' }, times: 1 });
      const answer = await admin.send('GET', `${MAPS}?watch=true&resourceVersion=1`);
      expect(answer).toMatchObject({ status: 410, json: { reason: 'Expired' } });
    });

    test('that is opened later ends after so many events', async () => {
      await newMap();
      await newMap();
      proxy.inject({ fault: { kind: 'watch', how: 'end', afterEvents: 1 }, times: 1 });
      const watch = await admin.watch(`${MAPS}?watch=true`);
      await until(() => watch.state() === 'ended', { describe: 'the watch has ended' });
      expect(watch.events).toHaveLength(1);
    });

    test('ends at the API server when the client leaves', async () => {
      const watch = await admin.watch(`${MAPS}?watch=true`);
      watch.close();
      await until(() => proxy.openWatches() === 0, { describe: 'no watch is left' });
    });
  });

  describe('a frozen view', () => {
    test('answers gets and lists as of its moment, while writes take effect', async () => {
      const [changed, deleted] = [await newMap(), await newMap()];
      await proxy.freezeView({ resource: 'configmaps' });
      await setValue(admin, changed, 'new');
      await direct.send('DELETE', `${MAPS}/${deleted}`);
      const created = await newMap();
      expect(valueOf(await admin.send('GET', `${MAPS}/${changed}`))).toBe('old');
      expect(await admin.send('GET', `${MAPS}/${deleted}`)).toMatchObject({
        status: 200,
        json: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: deleted } },
      });
      expect((await admin.send('GET', `${MAPS}/${created}`)).status).toBe(404);
      const { items } = (await admin.send('GET', MAPS)).json as { items: { metadata: { name: string } }[] };
      const listed = items.map((item) => item.metadata.name);
      expect([listed.includes(deleted), listed.includes(created)]).toEqual([true, false]);
      expect(valueOf(await direct.send('GET', `${MAPS}/${changed}`))).toBe('new');
      proxy.thawView();
      expect(valueOf(await admin.send('GET', `${MAPS}/${changed}`))).toBe('new');
    });

    test('holds watches back and lets them catch up when it thaws', async () => {
      const watch = await admin.watch(`${MAPS}?watch=true`);
      const before = await newMap();
      const has = (name: string) => watch.events.some((event) => event.object.metadata?.name === name);
      await until(() => has(before), { describe: 'the event before' });
      await proxy.freezeView();
      const after = await newMap();
      expect((await admin.send('GET', `${MAPS}/${after}`)).status).toBe(404);
      expect(has(after)).toBe(false);
      proxy.thawView();
      await until(() => has(after), { describe: 'the event after' });
      watch.close();
    });

    test('does not show what the user may not read', async () => {
      const name = await newMap();
      const jane = await clientFor(proxy.url, { user: 'jane' });
      await proxy.freezeView();
      expect((await jane.send('GET', `${MAPS}/${name}`)).status).toBe(403);
    });
  });

  describe('a cut after the second write', () => {
    const agent = { 'user-agent': 'cut-agent' };
    const write = (client: ProtocolClient, name: string) =>
      client.send('PATCH', `${MAPS}/${name}`, { body: { data: { value: 'new' } }, headers: agent });

    test.each(['delivered', 'lost'] as const)('with its answer %s ends all that the process does', async (answer) => {
      const [one, two, three] = [await newMap(), await newMap(), await newMap()];
      const victim = await clientFor(proxy.url, { user: 'admin', groups: ['system:masters'] });
      const watch = await victim.watch(`${MAPS}?watch=true`, agent);
      const cut = proxy.cutAfterWrites({ afterWrites: 2, answer, when: { userAgent: /^cut-agent/ } });
      expect((await write(victim, one)).status).toBe(200);
      expect((await victim.send('GET', `${MAPS}/${one}`, { headers: agent })).status).toBe(200);
      expect(cut.isCut).toBe(false);
      if (answer === 'delivered') expect((await write(victim, two)).status).toBe(200);
      else await expect(write(victim, two)).rejects.toThrow();
      expect(cut).toMatchObject({ isCut: true, writes: 2 });
      await expect(write(victim, three)).rejects.toThrow();
      await expect(victim.send('GET', `${MAPS}/${one}`, { headers: agent })).rejects.toThrow();
      await until(() => watch.state() === 'broken', { describe: 'the watch is broken' });
      const values = await Promise.all([one, two, three].map((name) => direct.send('GET', `${MAPS}/${name}`)));
      expect(values.map(valueOf)).toEqual(['new', 'new', 'old']);
      expect((await admin.send('GET', `${MAPS}/${one}`)).status).toBe(200); // another process
      cut.restore();
      expect((await write(victim, three)).status).toBe(200);
    });
  });
});

test.each(['http/1.1', 'h2'] as const)('an API server that is down breaks the connection over %s', async (protocol) => {
  await using own = await startControlPlane({ crds: false });
  await using proxy = await startFaultProxy({ controlPlane: own });
  const pair = await own.clientCertificate({ user: 'admin', groups: ['system:masters'] });
  const client = protocolClient(protocol, proxy.url, {
    ca: own.caPem,
    cert: pair.certificatePem,
    key: pair.privateKeyPem,
  });
  const watch = await client.watch(`${MAPS}?watch=true`);
  await own.stopApiServer();
  await until(() => watch.state() === 'broken', { describe: 'the watch is broken' });
  await expect(client.send('GET', MAPS)).rejects.toThrow();
  await own.startApiServer();
  expect((await client.send('GET', MAPS)).status).toBe(200);
  client.close();
});
