import {
  annotations,
  CertificateSigningRequest,
  clusterGroup,
  clusterLeaseName,
  clusterUser,
  Event,
  finalizers,
  type Kind,
  type KubeObject,
  labels,
  Lease,
  ManagedCluster,
  ManagedClusterAddOn,
  ManagedClusterAddOnV1alpha1,
  microTimestamp,
  ServiceAccount,
  type TokenRequest,
} from '@ocm/api';
import { type DataType, dataTypes } from '@ocm/cloudevents';
import { aCSR, anAddOn, anEvent, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RawEvent, RawStream } from './grpc-client.ts';
import { clusterActor } from './hub-lab.ts';
import {
  actionOf,
  codeOf,
  extension,
  nativeError,
  objectOf,
  payloadOf,
  type Peer,
  type ServicesLab,
  startServicesLab,
} from './grpc-services-lab.ts';

let lab: ServicesLab;
let agent: Peer;
const C1 = 'cluster1';
const { managedCluster, certificateRequest, lease, event: eventType, tokenRequest, addOn, addOnV1Alpha1 } = dataTypes;

beforeAll(async () => {
  lab = await startServicesLab({ webhooks: true });
  agent = await lab.addAgent(C1);
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const signalled = () => ({ signal: lab.signal });

function next(stream: RawStream, name: string, action = 'spec.'): Promise<RawEvent> {
  return stream.next(
    (event) => objectOf(event)?.metadata.name === name && actionOf(event).startsWith(action),
    `${action} of ${name}`,
  );
}

const createCluster = (name: string, spec: ManagedCluster['spec']) =>
  lab.bootstrap.publish({
    cluster: name,
    dataType: managedCluster,
    action: 'spec.create_request',
    payload: {
      apiVersion: 'cluster.open-cluster-management.io/v1',
      kind: 'ManagedCluster',
      metadata: { name },
      spec,
    },
  });

const withVersion = (cluster: ManagedCluster, kubernetes: string): ManagedCluster => ({
  ...cluster,
  status: { ...cluster.status, version: { kubernetes } },
});

describe('ManagedClusters', () => {
  test('[cloudevents-grpc 39] one that an agent creates waits for acceptance, and is created once', async () => {
    const stream = await lab.bootstrap.listen('newcomer', managedCluster);
    expect(codeOf(await createCluster('newcomer', { hubAcceptsClient: false }))).toBe('OK');
    expect(await clusterActor(lab, 'newcomer').find()).toMatchObject({ spec: { hubAcceptsClient: false } });
    const told = await next(stream, 'newcomer', 'spec.create_request');
    expect(objectOf(told)).toMatchObject({ kind: 'ManagedCluster', apiVersion: expect.stringContaining('/v1') });
    expect(nativeError(await createCluster('newcomer', {}))).toEqual({ code: 409, reason: 'AlreadyExists' });
  });

  test('[cloudevents-grpc 40] one that would accept itself is refused by admission', async () => {
    expect(nativeError(await createCluster('impatient', { hubAcceptsClient: true }))).toEqual({
      code: 403,
      reason: 'Forbidden',
    });
    expect(await clusterActor(lab, 'impatient').find()).toBeUndefined();
  });

  test('[cloudevents-grpc 41] a status that is not based on the newest state is a conflict; else it is stored', async () => {
    const publish = (cluster: ManagedCluster) =>
      agent.publish({ cluster: C1, dataType: managedCluster, action: 'status.update_request', payload: cluster });
    await until(
      async () => {
        const seen = await lab.admin.kind(ManagedCluster).get(C1, signalled());
        return codeOf(await publish(withVersion(seen, 'v1'))) === 'OK';
      },
      { describe: 'the status is stored' },
    );
    const seen = await lab.admin.kind(ManagedCluster).get(C1, signalled());
    expect(seen.status?.version).toEqual({ kubernetes: 'v1' });
    await clusterActor(lab, C1).touch();
    expect(nativeError(await publish(withVersion(seen, 'v2')))).toEqual({ code: 409, reason: 'Conflict' });
  });

  test('an agent moves its cluster into no set that it may not join, although the server may join all', async () => {
    const seen = await lab.admin.kind(ManagedCluster).get(C1, signalled());
    const payload = { ...seen, metadata: { ...seen.metadata, labels: { [labels.clusterSet]: 'production' } } };
    const message = { cluster: C1, dataType: managedCluster, action: 'spec.update_request' };
    expect(codeOf(await agent.publish({ ...message, payload }))).toBe('PERMISSION_DENIED');
    const after = await lab.admin.kind(ManagedCluster).get(C1, signalled());
    expect(after.metadata.labels?.[labels.clusterSet]).toBe(seen.metadata.labels?.[labels.clusterSet]);
    await until(
      async () => {
        const newest = await lab.admin.kind(ManagedCluster).get(C1, signalled());
        const annotated = { ...newest, metadata: { ...newest.metadata, annotations: { mine: 'x' } } };
        return codeOf(await agent.publish({ ...message, payload: annotated })) === 'OK';
      },
      { describe: 'another change is stored' },
    );
  });

  test('[cloudevents-grpc 55] one cannot be deleted by an event', async () => {
    const ended = await agent.publish({
      cluster: C1,
      dataType: managedCluster,
      action: 'spec.delete_request',
      payload: { metadata: { name: C1 } },
      extensions: { deletiontimestamp: new Date() },
    });
    expect(codeOf(ended)).toBe('PERMISSION_DENIED');
    expect((await clusterActor(lab, C1).find())?.metadata.deletionTimestamp).toBeUndefined();
  });

  test('a deletion is told while something holds the cluster, its end is not', async () => {
    const stream = await lab.bootstrap.listen('leaving', managedCluster);
    const clusters = lab.admin.kind(ManagedCluster);
    const metadata = { name: 'leaving', finalizers: [finalizers.cluster] };
    await clusters.create({ metadata, spec: { hubAcceptsClient: false } }, signalled());
    await clusters.delete('leaving', signalled());
    const deletion = await stream.next((event) => extension(event, 'deletiontimestamp') !== undefined, 'the deletion');
    expect([actionOf(deletion), objectOf(deletion)]).toEqual(['spec.update_request', undefined]);
    await until(async () => (await clusters.find('leaving', signalled())) === undefined, { describe: 'it is gone' });
    await clusters.create({ metadata: { name: 'leaving' }, spec: {} }, signalled());
    await next(stream, 'leaving', 'spec.create_request');
    await stream.next(
      (event) => objectOf(event)?.metadata.finalizers === undefined && objectOf(event) !== undefined,
      'it is back',
    );
    expect(stream.events.map(actionOf)).not.toContain('spec.delete_request');
  });
});

const requests = () => lab.admin.kind(CertificateSigningRequest);

describe('certificate requests', () => {
  const commonName = clusterUser({ cluster: C1, agent: 'agent1' });
  test('[cloudevents-grpc 42] of what annotations came with it only the caller is left, and it is the true one', async () => {
    const stream = await agent.listen(C1, certificateRequest);
    const payload = aCSR({
      name: 'csr-annotated',
      commonName,
      organizations: [clusterGroup(C1)],
      labels: { [labels.clusterName]: C1 },
      annotations: { [annotations.csrUser]: 'system:admin', other: 'x' },
    });
    const ended = await agent.publish({
      cluster: C1,
      dataType: certificateRequest,
      action: 'spec.create_request',
      payload,
    });
    expect(codeOf(ended)).toBe('OK');
    const stored = await requests().get('csr-annotated', signalled());
    expect(stored.metadata.annotations).toEqual({ [annotations.csrUser]: agent.user });
    expect(stored.spec.username).toContain('grpc-server-sa');
    await next(stream, 'csr-annotated', 'spec.create_request');
  });

  test('one without the label is told to nobody', async () => {
    const stream = await agent.listen(C1, certificateRequest);
    await requests().create(aCSR({ name: 'csr-unlabelled' }), signalled());
    await requests().create(aCSR({ name: 'csr-labelled', labels: { [labels.clusterName]: C1 } }), signalled());
    await next(stream, 'csr-labelled');
    expect(stream.events.map((event) => objectOf(event)?.metadata.name)).not.toContain('csr-unlabelled');
  });
});

describe('leases', () => {
  const ref = { namespace: C1, name: clusterLeaseName };

  test('[cloudevents-grpc 49] a renewal moves the time on the hub; making a lease is refused', async () => {
    const stream = await agent.listen(C1, lease);
    const leases = lab.admin.kind(Lease);
    const seen = await until(() => leases.find(ref, signalled()), { describe: 'the hub makes the lease' });
    const renewTime = microTimestamp(new Date(Date.now() + 1000));
    const payload = { ...seen, spec: { ...seen.spec, renewTime } };
    const message = { cluster: C1, dataType: lease, payload };
    expect(codeOf(await agent.publish({ ...message, action: 'spec.update_request' }))).toBe('OK');
    expect((await leases.get(ref, signalled())).spec?.renewTime).toBe(renewTime);
    const told = await next(stream, clusterLeaseName, 'spec.update_request');
    expect(objectOf(told)).toMatchObject({ spec: { renewTime } });
    expect(nativeError(await agent.publish({ ...message, action: 'spec.update_request' }))).toMatchObject({
      code: 409,
    });
    const made = { ...payload, metadata: { name: 'made', namespace: C1 } };
    expect(codeOf(await agent.publish({ ...message, action: 'spec.create_request', payload: made }))).toBe(
      'PERMISSION_DENIED',
    );
    const mayCreate = await lab.addPeer('lease-maker', [
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'delete'] },
    ]);
    for (const action of ['spec.create_request', 'spec.delete_request']) {
      const { code, details } = await mayCreate.publish({ ...message, action, payload: made });
      expect([code, details]).toEqual([9, expect.stringContaining('unsupported action')]);
    }
    // The API server itself would make a lease that is to be updated.
    const renewal = await agent.publish({ ...message, action: 'spec.update_request', payload: made });
    expect(nativeError(renewal)).toEqual({ code: 404, reason: 'NotFound' });
    expect(await leases.find({ namespace: C1, name: 'made' }, signalled())).toBeUndefined();
  });
});

/** The API server wants to see the namespace twice. */
function eventOf(over: { readonly note: string; readonly reason?: string }): Event {
  const event = anEvent({ name: 'happened', namespace: C1, ...over });
  return { ...event, regarding: { ...event.regarding, namespace: C1 } };
}

const publishEvent = (action: string, payload: Event) =>
  agent.publish({ cluster: C1, dataType: eventType, action, payload });

describe('events', () => {
  test('[cloudevents-grpc 50] one is written, then counted, and nothing else of it changes', async () => {
    const sent = eventOf({ note: 'as it was' });
    expect(codeOf(await publishEvent('spec.create_request', sent))).toBe('OK');
    const events = lab.admin.kind(Event);
    const before = await events.get(sent.metadata, signalled());
    const series = { count: 3, lastObservedTime: '2026-01-01T00:00:00.000000Z' };
    const forged = { ...eventOf({ note: 'forged', reason: 'Forged' }), series };
    expect(codeOf(await publishEvent('spec.update_request', forged))).toBe('OK');
    const { metadata, ...after } = await events.get(sent.metadata, signalled());
    const { metadata: _, ...unchanged } = before;
    expect(after).toEqual({ ...unchanged, series });
    expect(metadata.uid).toBe(before.metadata.uid);
    const unknown = { ...forged, metadata: { name: 'never', namespace: C1 } };
    expect(codeOf(await publishEvent('spec.update_request', unknown))).toBe('OK');
    expect(await events.find(unknown.metadata, signalled())).toBeUndefined();
  });

  test('[cloudevents-grpc 30] they know no resync', async () => {
    const reader = await lab.addPeer('event-reader', [
      { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['list'] },
    ]);
    const ended = await reader.publish({
      cluster: C1,
      dataType: eventType,
      action: 'spec.resync_request',
      payload: {},
    });
    expect([codeOf(ended), ended.details]).toEqual([
      'FAILED_PRECONDITION',
      expect.stringContaining('list not supported'),
    ]);
  });
});

const request = (name: string, uid: string): TokenRequest => ({
  metadata: { name, namespace: C1, uid },
  spec: { audiences: [], expirationSeconds: 600 },
});

describe('tokens', () => {
  let user: Peer;

  beforeAll(async () => {
    await lab.admin.kind(ServiceAccount).create({ metadata: { name: 'sa', namespace: C1 } }, signalled());
    user = await lab.addPeer('token-user', [
      { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create', 'subscribe'] },
    ]);
  });
  const ask = (name: string, uid: string) =>
    user.publish({ cluster: C1, dataType: tokenRequest, action: 'spec.create_request', payload: request(name, uid) });

  test('[cloudevents-grpc 51] [cloudevents-grpc 52] each request is answered under its own id', async () => {
    const stream = await user.listen(C1, tokenRequest);
    const uids = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'];
    expect((await Promise.all(uids.map((uid) => ask('sa', uid)))).map(codeOf)).toEqual(['OK', 'OK']);
    const tokens = await Promise.all(
      uids.map(async (uid) => {
        const answer = await stream.next((event) => objectOf(event)?.metadata.uid === uid, `the answer to ${uid}`);
        expect([actionOf(answer), extension(answer, 'resourceversion')]).toEqual(['spec.create_request', undefined]);
        return (payloadOf(answer) as TokenRequest).status?.token;
      }),
    );
    expect(tokens).toEqual([expect.stringMatching(/^ey/), expect.stringMatching(/^ey/)]);
  });

  test('[cloudevents-grpc 51] [cloudevents-grpc 71] without the account, the caller is told what the API server says', async () => {
    const missing = await ask('missing', '00000000-0000-4000-8000-00000000000c');
    expect(nativeError(missing)).toEqual({ code: 404, reason: 'NotFound' });
  });
});

describe('add-ons', () => {
  test('[cloudevents-grpc 70] agents of both versions are told in their own, and both report', async () => {
    const streams = { v1beta1: await agent.listen(C1, addOn), v1alpha1: await agent.listen(C1, addOnV1Alpha1) };
    const install = { [annotations.addOnInstallNamespace]: 'there' };
    await lab.admin
      .kind(ManagedClusterAddOn)
      .create(anAddOn({ name: 'both', namespace: C1, annotations: install }), signalled());
    const [beta, alpha] = await Promise.all([next(streams.v1beta1, 'both'), next(streams.v1alpha1, 'both')]);
    expect(objectOf(beta)).toMatchObject({
      apiVersion: 'addon.open-cluster-management.io/v1beta1',
      metadata: { annotations: install },
    });
    expect(objectOf(alpha)).toMatchObject({
      apiVersion: 'addon.open-cluster-management.io/v1alpha1',
      spec: { installNamespace: 'there' },
    });
    expect(alpha.type).toContain('.v1alpha1.');
    const report = async <T extends KubeObject>(
      kind: Kind<T>,
      dataType: DataType,
      healthCheck: object,
    ): Promise<string> => {
      const seen = await lab.admin.kind(kind).get({ namespace: C1, name: 'both' }, signalled());
      const payload = { ...seen, status: { healthCheck } };
      return codeOf(await agent.publish({ cluster: C1, dataType, action: 'status.update_request', payload }));
    };
    const stored = async () =>
      (await lab.admin.kind(ManagedClusterAddOn).get({ namespace: C1, name: 'both' }, signalled())).status;
    await until(async () => (await report(ManagedClusterAddOnV1alpha1, addOnV1Alpha1, { mode: 'Lease' })) === 'OK', {
      describe: 'v1alpha1 reports',
    });
    expect(await stored()).toMatchObject({ healthCheck: { mode: 'Lease' } });
    await until(async () => (await report(ManagedClusterAddOn, addOn, { mode: 'Customized' })) === 'OK', {
      describe: 'v1beta1 reports',
    });
    expect(await stored()).toMatchObject({ healthCheck: { mode: 'Customized' } });
  });
});
