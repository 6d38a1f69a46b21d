import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigMap, type Kind, type KubeObject, type ManifestWork, Namespace } from '@ocm/api';
import { connect, type KubeClient, kubeconfigFile, run, silentLogger } from '@ocm/kube';
import { aConfigMap, aNamespace, aWorkSpec, type ControlPlane, startControlPlane, until } from '@ocm/testing';
import { ownerCollector } from '../src/index.ts';
import { createTestPki } from './grpc-server.ts';
import { type SourceLab, startSourceLab } from './source-lab.ts';

let cp: ControlPlane;
let hub: KubeClient;
const end = new AbortController();
const { signal } = end;

beforeAll(async () => {
  cp = await startControlPlane();
  hub = await connect(kubeconfigFile(cp.adminKubeconfigPath), { userAgent: 'test', signal });
  for (const name of ['cluster1', 'elsewhere']) await hub.kind(Namespace).create(aNamespace({ name }), { signal });
});
afterAll(async () => {
  end.abort();
  await cp.stop();
});

async function anOwner(name: string, namespace = 'cluster1'): Promise<ConfigMap> {
  return hub.kind(ConfigMap).create(aConfigMap({ name, namespace }), { signal });
}

function workOf(name: string, ...owners: readonly KubeObject[]): ManifestWork {
  const references = owners.map(({ metadata }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: metadata.name,
    uid: metadata.uid ?? '',
  }));
  return { metadata: { namespace: 'cluster1', name, ownerReferences: references }, spec: aWorkSpec() };
}

async function startCollector(lab: SourceLab, kinds: readonly Kind[] = [ConfigMap]) {
  const source = await lab.startSource();
  await source.waitForSync(signal);
  const stop = new AbortController();
  const start = async (): Promise<void> => {
    const collector = ownerCollector({ client: hub, works: source.works, owners: kinds });
    await run([collector], { signal: stop.signal, log: silentLogger });
  };
  const find = (name: string) => source.works.find({ namespace: 'cluster1', name }, { signal });
  return { works: source.works, find, start, stop: () => stop.abort() };
}

describe('works whose owners are in Kubernetes', () => {
  test('a work goes with the last of its owners, wherever they are; before that it loses the reference', async () => {
    await using lab = await startSourceLab(await createTestPki());
    const { works, find, start, stop } = await startCollector(lab);
    const [one, two] = [await anOwner('one'), await anOwner('two', 'elsewhere')];
    const stranger = { metadata: { name: 's', uid: 'unknown' } };
    await works.create(workOf('only', one), { signal });
    await works.create(workOf('both', one, two), { signal });
    await works.create(workOf('nobody'), { signal });
    const foreign = workOf('foreign', stranger);
    const owners = foreign.metadata.ownerReferences?.map((owner) => ({ ...owner, kind: 'Secret' })) ?? [];
    await works.create({ ...foreign, metadata: { ...foreign.metadata, ownerReferences: owners } }, { signal });
    const running = start();
    await hub.kind(ConfigMap).delete(one.metadata, { signal });
    await until(async () => (await find('only')) === undefined, { describe: 'the work of one' });
    await until(async () => (await find('both'))?.metadata.ownerReferences?.length === 1, {
      describe: 'the reference',
    });
    expect((await find('both'))?.metadata.ownerReferences?.[0]?.uid).toBe(two.metadata.uid);
    await hub.kind(ConfigMap).delete(two.metadata, { signal });
    await until(async () => (await find('both')) === undefined, { describe: 'the work of both' });
    expect([await find('nobody'), await find('foreign')].map((work) => work?.metadata.name)).toEqual([
      'nobody',
      'foreign',
    ]);
    stop();
    await running;
  });

  test('an owner that went while nobody looked is noticed; one of the same name is another one', async () => {
    await using lab = await startSourceLab(await createTestPki());
    const { works, find, start, stop } = await startCollector(lab);
    const gone = await anOwner('three');
    await works.create(workOf('late', gone), { signal });
    await hub.kind(ConfigMap).delete(gone.metadata, { signal });
    const next = await anOwner('three');
    await works.create(workOf('kept', next), { signal });
    const running = start();
    await until(async () => (await find('late')) === undefined, { describe: 'the work of the old one' });
    expect(await find('kept')).toBeDefined();
    stop();
    await running;
  });
});
