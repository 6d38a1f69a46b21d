import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { isKubeError } from '../error.ts';
import { currentContext, parseKubeconfig } from './kubeconfig.ts';

const CONFIG = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    { name: 'hub', cluster: { server: 'https://hub:6443/', 'certificate-authority-data': 'Y2E=' } },
    {
      name: 'spoke',
      cluster: {
        server: 'https://10.0.0.1',
        'certificate-authority': 'ca.crt',
        'proxy-url': 'http://proxy:3128',
        'insecure-skip-tls-verify': true,
        'tls-server-name': 'kubernetes',
      },
    },
  ],
  users: [
    { name: 'agent', user: { 'client-certificate': 'tls.crt', 'client-key': 'tls.key' } },
    { name: 'admin', user: { token: 's3cret', as: 'jane', 'as-groups': ['a', 'b'] } },
  ],
  contexts: [
    { name: 'hub', context: { cluster: 'hub', user: 'agent', namespace: 'c1' } },
    { name: 'spoke', context: { cluster: 'spoke', user: 'admin' } },
    { name: 'anonymous', context: { cluster: 'hub' } },
  ],
  'current-context': 'hub',
};

function read(over: object): ReturnType<typeof currentContext> {
  return currentContext(parseKubeconfig(stringify({ ...CONFIG, ...over })));
}

describe('currentContext', () => {
  test('leads to the cluster and the user', () => {
    expect(read({})).toEqual({
      contextName: 'hub',
      namespace: 'c1',
      clusterName: 'hub',
      // work 5.2: exactly as written
      cluster: { server: 'https://hub:6443/', certificateAuthorityData: 'Y2E=' },
      user: { clientCertificate: 'tls.crt', clientKey: 'tls.key' },
    });
    expect(read({ 'current-context': 'spoke' })).toEqual({
      contextName: 'spoke',
      namespace: undefined,
      clusterName: 'spoke',
      cluster: {
        server: 'https://10.0.0.1',
        certificateAuthority: 'ca.crt',
        proxyUrl: 'http://proxy:3128',
        insecureSkipTlsVerify: true,
        tlsServerName: 'kubernetes',
      },
      user: { token: 's3cret', as: 'jane', asGroups: ['a', 'b'] },
    });
  });

  test('a context without a user is anonymous', () => {
    expect(read({ 'current-context': 'anonymous' }).user).toEqual({});
  });

  test('of two entries with one name the first counts', () => {
    const clusters = [...CONFIG.clusters, { name: 'hub', cluster: { server: 'https://other' } }];
    expect(read({ clusters }).cluster.server).toBe('https://hub:6443/');
  });

  test('JSON is read too', () => {
    expect(currentContext(parseKubeconfig(JSON.stringify(CONFIG))).contextName).toBe('hub');
  });
});

describe('a kubeconfig that cannot be used', () => {
  test.each([
    [{ 'current-context': '' }, 'current-context: required'],
    [{ 'current-context': 'x' }, 'current-context: there is no "x"; contexts has hub, spoke, anonymous'],
    [{ clusters: [] }, 'contexts[hub].context.cluster: there is no "hub"; clusters is empty'],
    [{ users: CONFIG.users.slice(1) }, 'contexts[hub].context.user: there is no "agent"; users has admin'],
    [{ clusters: [{ name: 'hub', cluster: {} }] }, 'clusters[hub].cluster.server: required'],
    [{ clusters: [{ name: 'hub' }] }, 'clusters[hub].cluster.server: required'],
    [{ clusters: [{ cluster: { server: 'x' } }] }, 'clusters[0].name: required'],
    [{ clusters: { hub: {} } }, 'clusters: must be a list, is an object'],
    [{ clusters: ['hub'] }, 'clusters[0]: must be an object, is a string'],
    [{ users: [{ name: 'agent', user: { token: 42 } }] }, 'users[agent].user.token: must be a string, is a number'],
    [{ users: [{ name: 'agent', user: { exec: 'aws' } }] }, 'users[agent].user.exec: must be an object, is a string'],
    [
      { users: [{ name: 'agent', user: { 'as-groups': 'a' } }] },
      'users[agent].user.as-groups: must be a list of strings, is a string',
    ],
    [
      { clusters: [{ name: 'hub', cluster: { server: 'x', 'insecure-skip-tls-verify': 'yes' } }] },
      'clusters[hub].cluster.insecure-skip-tls-verify: must be true or false, is a string',
    ],
  ])('%j: %s', (over, message) => {
    const problem = problemOf(() => read(over));
    expect(isKubeError(problem, 'config')).toBe(true);
    expect((problem as Error).message).toBe(message);
  });

  test.each([
    ['', 'kubeconfig: must be an object, is nothing'],
    ['just text', 'kubeconfig: must be an object, is a string'],
    ['a: b\n  token: s3cret', 'neither YAML nor JSON (line 1)'],
  ])('%j', (text, message) => {
    const problem = problemOf(() => parseKubeconfig(text)) as Error;
    expect(problem.message).toBe(message);
    // A secret may be anywhere in it.
    expect(JSON.stringify(problem, Object.getOwnPropertyNames(problem))).not.toContain('s3cret');
  });
});

function problemOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
