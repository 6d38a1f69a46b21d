import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silentLogger } from '@ocm/kube';
import { aConfigMap } from '@ocm/testing';
import { type Cluster, type Lab, startLab } from './lab.ts';

let lab: Lab;
let cluster: Cluster;
const records: object[] = [];
const info = (fields: object, msg: string): void => void records.push({ ...fields, msg });

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  await cluster.startAgent({ log: { ...silentLogger, info } });
});
afterAll(() => lab.stop());

test('what happens to objects is logged, with what the annotations of their work say for tracing', async () => {
  const object = aConfigMap({ name: 'traced', namespace: cluster.objects });
  const annotations = { 'logging.open-cluster-management.io/op-id': '42' };
  await cluster.create({ name: 'traced', annotations, manifests: [object] });
  await cluster.untilCondition('traced', 'Applied', 'True');
  await cluster.update('traced', { manifests: [{ ...object, data: { key: 'next' } }] });
  await cluster.untilCondition('traced', 'Applied', 'True');
  await cluster.delete('traced');
  await cluster.untilGone('traced');
  for (const msg of ['object created', 'object updated', 'object deleted']) {
    const expected = { msg, object: `configmaps ${cluster.objects}/traced`, 'op-id': '42' };
    expect(records).toContainEqual(expect.objectContaining(expected));
  }
});
