import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryDirectory } from '../../test/certificate-files.ts';
import { componentNamespace, kubeconfigSource } from './component-identity.ts';

describe('kubeconfigSource', () => {
  const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  test.each([
    ['/k', pod, { kind: 'file', path: '/k' }],
    [undefined, pod, { kind: 'in-cluster', host: '10.0.0.1', port: '443' }],
  ])('%s in %j', (kubeconfig, env, want) => {
    expect(kubeconfigSource(kubeconfig, env)).toEqual(want);
  });

  test.each([
    {},
    { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    { KUBERNETES_SERVICE_HOST: '', KUBERNETES_SERVICE_PORT: '1' },
  ])('outside a pod (%j) the flag is asked for', (env) => {
    expect(() => kubeconfigSource(undefined, env)).toThrow('give --kubeconfig');
  });
});

describe('componentNamespace', () => {
  test('is the one that was given, else that of the service account', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, 'namespace'), 'mounted\n');
    expect(await componentNamespace('given', { directory: directory.path })).toBe('given');
    expect(await componentNamespace(undefined, { directory: directory.path })).toBe('mounted');
  });

  test('is asked for outside a pod', async () => {
    await expect(componentNamespace(undefined, { directory: '/nowhere' })).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('give --namespace'),
    });
  });
});
