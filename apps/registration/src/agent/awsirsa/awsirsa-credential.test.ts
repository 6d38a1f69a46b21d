import { expect, test } from '@jest/globals';
import type { ManagedCluster } from '@ocm/api';
import type { AnyInformer, Informer } from '@ocm/kube';
import { aCluster } from '@ocm/testing';
import { awsirsaCredential } from './awsirsa-credential.ts';

const { signal } = new AbortController();
const additional = { kubeconfig: 'k', 'cluster-name': 'c' };

function credentialFor(cluster: ManagedCluster | undefined) {
  const cache = { get: () => cluster, events: () => ({}) };
  return awsirsaCredential(cache as unknown as Informer<ManagedCluster> & AnyInformer, 'c');
}
const decided = (status: 'True' | 'False') =>
  aCluster({ conditions: [{ type: 'HubAcceptedManagedCluster', status, reason: 'r', message: 'm' }] });

test.each([decided('True'), decided('False')])('is issued once the hub has decided', async (cluster) => {
  const credential = credentialFor(cluster);
  expect(credential.glance({ stored: {}, additional })).toBeUndefined();
  expect(await credential.process({ stored: {}, additional }, signal)).toEqual({ kind: 'issued', data: {} });
});

test('is written again only when something differs', () => {
  const credential = credentialFor(decided('True'));
  expect(credential.glance({ stored: { ...additional, more: 'm' }, additional })).toEqual({ kind: 'nothing' });
  expect(credential.glance({ stored: { ...additional, kubeconfig: 'x' }, additional })).toBeUndefined();
});

test.each([undefined, aCluster()])('waits for the hub until then', async (cluster) => {
  const credential = credentialFor(cluster);
  expect(credential.glance({ stored: {}, additional })).toEqual({ kind: 'nothing' });
  expect(await credential.process({ stored: {}, additional }, signal)).toEqual({ kind: 'nothing' });
});
