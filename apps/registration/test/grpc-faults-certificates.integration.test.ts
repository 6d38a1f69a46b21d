import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { RoleBinding } from '@ocm/api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestAuthority, until, writeServingCertificate } from '@ocm/testing';
import { issueKeyAndCertificate } from '@ocm/pki';
import { type AgentOf, type FaultsLab, startFaultsLab } from './grpc-faults-lab.ts';
import { BUNDLES, resyncEvent } from './agent-events.ts';

let lab: FaultsLab;
let agent: AgentOf;
const groups = ['system:open-cluster-management:one'];
const user = `${groups[0]}:agent`;

beforeAll(async () => {
  lab = await startFaultsLab();
  agent = await lab.addCluster('one');
});
afterAll(async () => lab[Symbol.asyncDispose]());

test('a certificate that has expired opens no connection', async () => {
  const client = lab.client(await lab.plane.clientCertificate({ user, groups, lifetimeMs: -1000 }));
  const { code } = await client.publish(resyncEvent('one'));
  expect(['UNAVAILABLE', 'UNAUTHENTICATED']).toContain(code);
  await expect(client.subscribe('one', BUNDLES).ids).rejects.toThrow(/UNAVAILABLE|UNAUTHENTICATED/);
});

test('a connection does not outlive its certificate: calls are refused as soon as it has expired', async () => {
  const client = lab.client(await lab.plane.clientCertificate({ user, groups, lifetimeMs: 6000 }));
  expect(await client.publish(resyncEvent('one'))).toMatchObject({ code: 'OK' });
  await until(
    async () => ['UNAUTHENTICATED', 'UNAVAILABLE'].includes((await client.publish(resyncEvent('one'))).code),
    {
      describe: 'a publication is refused',
      deadlineMs: 20_000,
    },
  );
  await expect(client.subscribe('one', BUNDLES).ids).rejects.toThrow(/UNAUTHENTICATED|UNAVAILABLE/);
});

test('a certificate of another authority with the same names opens no connection', async () => {
  const stranger = await issueKeyAndCertificate(await createTestAuthority('stranger'), {
    commonName: user,
    organizations: groups,
    usages: ['client'],
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 60_000),
  });
  const client = lab.client(stranger);
  expect(['UNAVAILABLE', 'UNAUTHENTICATED']).toContain((await client.publish(resyncEvent('one'))).code);
});

test('an agent whose rights are taken away is refused within seconds, with a certificate that is still good', async () => {
  const revoked = await lab.addCluster('revoked');
  expect(await revoked.client.publish(resyncEvent('revoked'))).toMatchObject({ code: 'OK' });
  const { signal } = new AbortController();
  await lab.admin.kind(RoleBinding).delete({ namespace: 'revoked', name: 'agent' }, { signal });
  await until(async () => (await revoked.client.publish(resyncEvent('revoked'))).code === 'PERMISSION_DENIED', {
    describe: 'its publications are refused',
    deadlineMs: 20_000,
  });
  await expect(revoked.client.subscribe('revoked', BUNDLES).ids).rejects.toThrow('PERMISSION_DENIED');
  expect(await agent.client.publish(resyncEvent('one'))).toMatchObject({ code: 'OK' });
});

test('[cloudevents-grpc 58] the serving certificate is replaced under load without a call that fails', async () => {
  const stream = agent.client.subscribe('one', BUNDLES);
  await stream.ids;
  const work = await agent.createWork('under-load');
  const codes = new Set<string>();
  const done = new AbortController();
  const load = async (): Promise<void> => {
    while (!done.signal.aborted) codes.add((await agent.client.publish(resyncEvent('one'))).code);
  };
  const newcomers = async (): Promise<void> => {
    while (!done.signal.aborted) {
      using client = lab.client(agent.pair);
      codes.add((await client.publish(resyncEvent('one'))).code);
    }
  };
  const loading = Promise.all([load(), load(), newcomers()]);
  expect(await servedName()).toBe('first');
  for (const name of ['second', 'third']) {
    await writeServingCertificate(lab.plane.ca, lab.directory, name);
    await until(async () => (await servedName()) === name, {
      describe: `the ${name} certificate is served`,
      deadlineMs: 25_000,
    });
  }
  done.abort();
  await loading;
  expect([...codes]).toEqual(['OK']);
  const { generation } = await agent.changeWork('under-load', 'n');
  expect(generation).toBe(work.generation + 1);
  await until(
    () =>
      stream.events.some(({ attributes }) =>
        JSON.stringify(attributes?.['ce-resourceversion']).includes(String(generation)),
      ),
    {
      describe: 'the stream from before still delivers',
    },
  );
  stream.cancel();
});

/** Common name of the certificate that a new connection is shown. */
async function servedName(): Promise<string | undefined> {
  const socket = connectTls({ host: '127.0.0.1', port: lab.port, ca: lab.plane.caPem, ALPNProtocols: ['h2'] });
  try {
    await once(socket, 'secureConnect');
    const name = socket.getPeerCertificate().subject.CN;
    return typeof name === 'string' ? name : undefined;
  } finally {
    socket.destroy();
  }
}
