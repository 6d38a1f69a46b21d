import { EventEmitter } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect, kubeconfigFile } from '@ocm/kube';
import { type ControlPlane, startControlPlane } from '@ocm/testing';
import { defineCommand, runProgram } from '../src/index.ts';
import { aServingCertificate, temporaryDirectory } from './certificate-files.ts';
import { recordedLog } from './recorded-log.ts';

let controlPlane: ControlPlane;
beforeAll(async () => {
  controlPlane = await startControlPlane({ crds: false });
});
afterAll(() => controlPlane.stop());

const managedClusters = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1',
  kind: 'ManagedCluster',
  plural: 'managedclusters',
  namespaced: false,
};

const flags = { kubeconfig: { name: 'kubeconfig', type: 'string', default: '', help: 'path' } } as const;

/** Runs a program that reads one ManagedCluster with this kubeconfig; returns what it wrote to standard error. */
async function standardError(kubeconfig: string): Promise<string> {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'kubeconfig');
  await writeFile(path, kubeconfig);
  const written: string[] = [];
  const host = Object.assign(new EventEmitter(), {
    stdout: { write: () => undefined },
    stderr: { write: (text: string) => written.push(text) },
  });
  const read = defineCommand({
    name: 'read',
    summary: 'reads',
    flags,
    async run(config, { signal }) {
      await using client = await connect(kubeconfigFile(config.kubeconfig), { userAgent: 'test', signal });
      await client.kind(managedClusters).get('c1', { signal });
    },
  });
  const code = await runProgram({
    name: 'program',
    summary: '',
    version: '',
    commands: [read],
    argv: ['read', `--kubeconfig=${path}`],
    env: {},
    host,
    createLog: () => recordedLog().log,
  });
  expect(code).toBe(1);
  expect(written).toHaveLength(1);
  return written.join('');
}

test('an API that is not served asks for the CustomResourceDefinitions', async () => {
  expect(await standardError(await controlPlane.kubeconfig('admin'))).toMatch(
    /^error: .*managedclusters.*; API not served: install the CustomResourceDefinitions of this version first\n$/,
  );
});

test('a missing right asks for the installation manifests', async () => {
  expect(await standardError(await controlPlane.kubeconfig({ user: 'jane' }))).toMatch(
    /^error: .*jane.*; give this identity the rights of the installation manifests\n$/,
  );
});

test('a wrong CA says what belongs into the kubeconfig', async () => {
  const { certificatePem } = await aServingCertificate('other');
  expect(await standardError(await controlPlane.kubeconfig('admin', { caPem: certificatePem }))).toMatch(
    /^error: .*certificate.*certificate-authority-data of the kubeconfig\n$/,
  );
});

test('an expired client certificate has to be renewed', async () => {
  expect(await standardError(await controlPlane.kubeconfig({ user: 'jane', lifetimeMs: -1000 }))).toMatch(
    /^error: .*renew/,
  );
});

test('an unreachable server names its address', async () => {
  expect(await standardError(await controlPlane.kubeconfig('admin', { server: 'https://127.0.0.1:1' }))).toMatch(
    /^error: .*https:\/\/127\.0\.0\.1:1.*; check that the server of the kubeconfig is right/,
  );
});

test('a kubeconfig that is none says so', async () => {
  expect(await standardError('just: text')).toMatch(/^error: .*kubeconfig.*; check the path given by --kubeconfig/);
});
