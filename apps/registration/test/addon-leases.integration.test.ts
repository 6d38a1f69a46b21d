import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addOnConditions, Lease, microTimestamp } from '@ocm/api';
import { startFaultProxy, until } from '@ocm/testing';
import { addOnActor, joined, makeNamespace } from './addon-lab.ts';
import { type AgentLab, AGENT_USER, startAgentLab } from './agent-lab.ts';

const MINUTE_MS = 60_000;
const HOSTED = { 'addon.open-cluster-management.io/hosting-cluster-name': 'host1' };

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** What the agent of an add-on does. */
async function renew(namespace: string, name: string, agoMs = 0): Promise<void> {
  const { signal } = lab.hub;
  const leases = lab.admin.kind(Lease);
  const spec = { renewTime: microTimestamp(new Date(Date.now() - agoMs)) };
  if ((await leases.find({ namespace, name }, { signal })) === undefined) {
    await leases.create({ metadata: { namespace, name }, spec }, { signal });
  } else {
    await leases.mergePatch({ namespace, name }, { spec }, { signal });
  }
}

test('[registration 62] an add-on is available while its lease is renewed, not when it is old, unknown without', async () => {
  const { cluster, agent } = await joined(lab, 'watched');
  await makeNamespace(lab, 'beating');
  const beating = addOnActor(lab, { cluster, name: 'beating', namespace: 'beating' });
  await beating.create({ registrations: [] });
  const unknown = await beating.untilCondition('Available', 'Unknown');
  expect(unknown.reason).toBe('ManagedClusterAddOnLeaseNotFound');
  expect(unknown.message).toBe('The status of beating add-on is unknown.');
  await renew('beating', 'beating');
  expect((await beating.untilCondition('Available', 'True')).reason).toBe('ManagedClusterAddOnLeaseUpdated');
  await renew('beating', 'beating', 6 * MINUTE_MS);
  expect((await beating.untilCondition('Available', 'False')).reason).toBe('ManagedClusterAddOnLeaseUpdateStopped');
  await renew('beating', 'beating');
  await beating.untilCondition('Available', 'True');
  await lab.admin.kind(Lease).delete({ namespace: 'beating', name: 'beating' }, { signal: lab.hub.signal });
  await beating.untilCondition('Available', 'Unknown');
  await agent.stop();
});

test('[registration 62] mode Customized is left alone', async () => {
  const { cluster, agent } = await joined(lab, 'custom');
  await makeNamespace(lab, 'customized');
  const now = microTimestamp(new Date()).replace(/\.\d+Z/, 'Z');
  const own = { ...addOnConditions.available.probeAvailable, message: 'of its own', lastTransitionTime: now };
  const customized = addOnActor(lab, { cluster, name: 'customized', namespace: 'customized' });
  await customized.create({
    registrations: [],
    status: { healthCheck: { mode: 'Customized' }, conditions: [own] },
  });
  const judged = addOnActor(lab, { cluster, name: 'judged', namespace: 'customized' });
  await judged.create({ registrations: [] });
  await judged.untilCondition('Available', 'Unknown');
  await judged.writeStatus({ healthCheck: { mode: 'Lease' } });
  await expect(customized.condition('Available')).resolves.toEqual(own);
  // Once it is no longer customized, its lease counts.
  await customized.writeStatus({ healthCheck: { mode: 'Lease' } });
  await customized.untilCondition('Available', 'Unknown');
  await agent.stop();
});

test('[registration 62] secrets and leases of hosted add-ons are on the management cluster', async () => {
  await using spoke = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
  const home = await lab.cluster('afar');
  const kubeconfig = `${home.directory}/spoke.kubeconfig`;
  await lab.hub.controlPlane.writeKubeconfig(kubeconfig, { user: AGENT_USER }, { server: spoke.url });
  const agent = await home.start({ flags: [`--spoke-kubeconfig=${kubeconfig}`] });
  await home.admit();
  await makeNamespace(lab, 'hosted');
  const hosted = addOnActor(lab, { cluster: home, name: 'hosted', namespace: 'hosted' });
  await hosted.create({ annotations: HOSTED });
  const unknown = await hosted.untilCondition('Available', 'Unknown');
  expect(unknown.message).toContain('host1');
  await hosted.approveNext();
  await hosted.untilSecret();
  await renew('hosted', 'hosted');
  await hosted.untilCondition('Available', 'True');
  expect(spoke.requests().filter(({ resource }) => resource === 'secrets' || resource === 'leases')).toEqual([]);

  const own = addOnActor(lab, { cluster: home, name: 'own', namespace: 'hosted' });
  await own.create();
  await own.approveNext();
  await own.untilSecret();
  await until(() => spoke.requests({ resource: 'leases' }).length > 0, { describe: 'the lease is asked for there' });
  expect(spoke.requests({ resource: 'secrets', verb: 'create' })).toHaveLength(1);
  await agent.stop();
});
