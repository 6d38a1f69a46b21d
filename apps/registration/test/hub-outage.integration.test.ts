import { clusterConditions } from '@ocm/api';
import { until } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { clusterActor, startHubLab } from './hub-lab.ts';

const { hubAccepted } = clusterConditions;

test('a hub whose API server goes away goes on when it is back, with what happened at the edges', async () => {
  await using lab = await startHubLab();
  await lab.startHub();
  const [leaving, coming] = [clusterActor(lab, 'leaving'), clusterActor(lab, 'coming')];
  await leaving.createAccepted();
  await leaving.deny();
  await lab.controlPlane.stopApiServer();
  await lab.controlPlane.startApiServer();
  await until(async () => (await leaving.condition(hubAccepted.type))?.reason === hubAccepted.denied.reason, {
    describe: 'the denial is carried out',
    deadlineMs: 30_000,
  });
  await coming.createAccepted();
  const { role, registration, work } = await leaving.permissions();
  expect([role?.rules?.length, registration, work]).toEqual([1, undefined, undefined]);
});
