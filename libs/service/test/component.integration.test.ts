import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Namespace } from '@ocm/api';
import { systemClock } from '@ocm/kube';
import { type ControlPlane, freePort, startControlPlane } from '@ocm/testing';
import { type Component, type ComponentFlags, openComponent, type ProcessContext } from '../src/index.ts';
import { httpsGet } from './https-get.ts';
import { recordedLog } from './recorded-log.ts';

const build = {
  major: '1',
  minor: '3',
  gitVersion: 'v1.3.0',
  gitCommit: 'a',
  gitTreeState: 'clean',
  buildDate: '2026',
};
const { signal } = new AbortController();

let controlPlane: ControlPlane;
beforeAll(async () => {
  controlPlane = await startControlPlane({ crds: false });
});
afterAll(async () => controlPlane.stop());

interface Given {
  readonly flags?: Partial<ComponentFlags>;
  readonly env?: ProcessContext['env'];
}

function open({ flags = {}, env = {} }: Given = {}): Promise<Component> {
  const config: ComponentFlags = {
    kubeconfig: controlPlane.adminKubeconfigPath,
    namespace: 'here',
    listen: '127.0.0.1:0',
    servingConfigFile: undefined,
    tlsMinVersion: undefined,
    tlsCipherSuites: [],
    kubeApiQps: 50,
    kubeApiBurst: 100,
    ...flags,
  };
  return openComponent(
    config,
    { userAgent: 'test-component', build },
    { clock: systemClock, env, log: recordedLog().log },
  );
}

test('reaches its cluster under its name, and serves health and guarded metrics until it is disposed of', async () => {
  const port = await freePort();
  const component = await open({ flags: { listen: `127.0.0.1:${port}` } });
  expect(component.namespace).toBe('here');
  await component.client.kind(Namespace).get('default', { signal });
  const source = { contentType: 'text/plain', metrics: () => Promise.resolve('own_series 1') };
  const check = { name: 'mine', check: () => 'not well' };
  await component.serve({ health: [check], sources: [source], version: true });
  expect(await httpsGet(port, '/healthz?verbose')).toMatchObject({
    status: 500,
    body: expect.stringContaining('mine'),
  });
  expect((await httpsGet(port, '/metrics')).status).toBe(401);
  expect((await httpsGet(port, '/version')).status).toBe(401);
  expect(await component.metrics.source.metrics()).toContain('rest_client_requests_total{code="200",method="GET"');
  await component[Symbol.asyncDispose]();
  await expect(httpsGet(port, '/healthz')).rejects.toThrow('ECONNREFUSED');
});

test('/version is served only where that is asked for', async () => {
  const port = await freePort();
  await using component = await open({ flags: { listen: `127.0.0.1:${port}` } });
  await component.serve({ health: [] });
  expect((await httpsGet(port, '/version')).status).toBe(404);
});

test('further clients get the proxy of the environment, and a rate that was given', async () => {
  await using component = await open({
    flags: { kubeApiQps: 5, kubeApiBurst: 6 },
    env: { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '127.0.0.1' },
  });
  expect(component.connectOptions).toMatchObject({
    userAgent: 'test-component',
    rateLimit: { perSecond: 5, burst: 6 },
    proxy: { httpsProxy: 'http://proxy:3128', noProxy: '127.0.0.1' },
  });
  expect(component.kubeconfig).toMatchObject({ kind: 'file', path: controlPlane.adminKubeconfigPath });
});

test.each<{ readonly what: string; readonly flags: Partial<ComponentFlags>; readonly says: string }>([
  { what: 'no kubeconfig', flags: { kubeconfig: undefined }, says: '--kubeconfig' },
  { what: 'no namespace', flags: { namespace: undefined }, says: '--namespace' },
  { what: 'a kubeconfig that is not there', flags: { kubeconfig: '/nowhere' }, says: '/nowhere' },
])('without a pod, $what is an error that says so', async ({ flags, says }) => {
  await expect(open({ flags })).rejects.toThrow(says);
});
