import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Role, RoleBinding, ServiceAccount, tokenInfrastructureMessage } from '@ocm/api';
import { until } from '@ocm/testing';
import { parse } from 'yaml';
import { readToken } from '../src/agent/addon/token/judge-token.ts';
import { type AddOnActor, addOnActor, joined, KUBE_CLIENT, makeNamespace } from './addon-lab.ts';
import { type AgentLab, startAgentLab } from './agent-lab.ts';

const BY_TOKEN = { flags: ['--addon-kubeclient-registration-auth=token', '--addon-token-expiration-seconds=3600'] };
const REFRESHED = 'TokenRefreshed';

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** What the add-on manager makes on the hub for an add-on with tokens, but for the service account itself. */
async function allowTokens(cluster: string, addOn: string): Promise<void> {
  const { signal } = lab.hub;
  const metadata = { namespace: cluster, name: `${addOn}-token-role` };
  const rule = {
    apiGroups: [''],
    resources: ['serviceaccounts/token'],
    verbs: ['create'],
    resourceNames: [`${addOn}-agent`],
  };
  const apiGroup = 'rbac.authorization.k8s.io';
  const subjects = [{ kind: 'Group', apiGroup, name: `system:open-cluster-management:${cluster}` }] as const;
  await lab.admin.kind(Role).create({ metadata, rules: [rule] }, { signal });
  const roleRef = { apiGroup, kind: 'Role', name: metadata.name } as const;
  await lab.admin.kind(RoleBinding).create({ metadata, roleRef, subjects }, { signal });
}

/** Makes the service account anew and says so; returns its UID. */
async function renewAccount(cluster: string, addOn: AddOnActor): Promise<string> {
  const { signal } = lab.hub;
  const accounts = lab.admin.kind(ServiceAccount);
  const ref = { namespace: cluster, name: `${addOn.name}-agent` };
  if ((await accounts.find(ref, { signal })) !== undefined) await accounts.delete(ref, { signal });
  const { metadata } = await accounts.create({ metadata: ref }, { signal });
  const uid = metadata.uid ?? '';
  await sayReady(addOn, tokenInfrastructureMessage({ ...ref, uid }));
  return uid;
}

async function sayReady(addOn: AddOnActor, message: string): Promise<void> {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const ready = { type: 'TokenInfrastructureReady', status: 'True', reason: 'TokenInfrastructureReady' } as const;
  await until(
    async () => {
      const others = ((await addOn.find())?.status?.conditions ?? []).filter(({ type }) => type !== ready.type);
      await addOn.writeStatus({ conditions: [...others, { ...ready, message, lastTransitionTime: now }] });
      return true;
    },
    { describe: 'the infrastructure is declared ready' },
  );
}

async function untilTokenOf(addOn: AddOnActor, uid: string): Promise<Readonly<Record<string, string>>> {
  return until(
    async () => {
      const secret = await addOn.secret();
      return readToken(secret?.['token'] ?? '')?.uid === uid ? secret : undefined;
    },
    { describe: `${addOn.name} has a token of ${uid}` },
  );
}

test('[registration 61] a token comes when the infrastructure is ready, and anew with the service account', async () => {
  const { cluster, agent } = await joined(lab, 'tokens', BY_TOKEN);
  await makeNamespace(lab, 'reader');
  await allowTokens('tokens', 'reader');
  const reader = addOnActor(lab, { cluster, name: 'reader', namespace: 'reader' });
  await reader.create();
  const user = 'system:serviceaccount:tokens:reader-agent';
  await until(
    async () =>
      expect((await reader.find())?.status?.registrations).toEqual([
        { type: 'kubeClient', kubeClient: { driver: 'token', subject: { user } } },
      ]) === undefined,
    { describe: 'driver and subject are declared' },
  );
  await expect(reader.secret()).resolves.toBeUndefined();

  const uid = await renewAccount('tokens', reader);
  const secret = await untilTokenOf(reader, uid);
  expect(Object.keys(secret).toSorted()).toEqual(['cluster-name', 'kubeconfig', 'token']);
  expect(parse(secret['kubeconfig'] ?? '')).toMatchObject({ users: [{ user: { tokenFile: 'token' } }] });
  const condition = await reader.untilCondition(REFRESHED, 'True');
  expect(condition.reason).toBe('AddonTokenRefreshed');
  const expires = readToken(secret['token'] ?? '')?.expires.getTime() ?? 0;
  expect(condition.message).toBe(`Addon token refreshed, expires at ${new Date(expires).toISOString().slice(0, 19)}Z`);
  expect(Math.abs(expires - Date.now() - 3_600_000)).toBeLessThan(60_000);

  const next = await renewAccount('tokens', reader);
  expect(next).not.toBe(uid);
  await untilTokenOf(reader, next);
  await expect(reader.requests()).resolves.toEqual([]);
  await agent.stop();
});

test('[registration 61] a token that is refused is said, and asked for again', async () => {
  const { cluster, agent } = await joined(lab, 'refused', BY_TOKEN);
  await makeNamespace(lab, 'unloved');
  const unloved = addOnActor(lab, { cluster, name: 'unloved', namespace: 'unloved' });
  await unloved.create();
  const uid = await renewAccount('refused', unloved);
  const condition = await unloved.untilCondition(REFRESHED, 'False');
  expect(condition.reason).toBe('TokenCreationFailed');
  expect(condition.message).toMatch(/^Failed to create token: .*403.*forbidden/i);
  await allowTokens('refused', 'unloved');
  await untilTokenOf(unloved, uid);
  await unloved.untilCondition(REFRESHED, 'True');
  await agent.stop();
});

test('[registration 61] from certificates to tokens and back, with a restart each time', async () => {
  const { cluster, agent } = await joined(lab, 'switching');
  await makeNamespace(lab, 'switched');
  await allowTokens('switching', 'switched');
  const switched = addOnActor(lab, { cluster, name: 'switched', namespace: 'switched' });
  await switched.create({ registrations: [KUBE_CLIENT] });
  await switched.approveNext();
  const first = await switched.untilSecret();
  await agent.stop();

  const byToken = await cluster.start(BY_TOKEN);
  await until(async () => (await switched.find())?.status?.registrations?.[0]?.kubeClient?.driver === 'token', {
    describe: 'the driver is token',
  });
  const uid = await renewAccount('switching', switched);
  const second = await untilTokenOf(switched, uid);
  expect(second['kubeconfig']).not.toBe(first['kubeconfig']);
  expect(second['tls.crt']).toBe(first['tls.crt']);
  await byToken.stop();

  const byCertificate = await cluster.start();
  await switched.approveNext();
  const third = await until(
    async () => {
      const secret = await switched.secret();
      return secret?.['tls.crt'] === first['tls.crt'] ? undefined : secret;
    },
    { describe: 'a new certificate' },
  );
  expect(third['kubeconfig']).toBe(first['kubeconfig']);
  expect((await switched.find())?.status?.registrations).toEqual(
    [KUBE_CLIENT].map(() => ({ type: 'kubeClient', kubeClient: { driver: 'csr' } })),
  );
  await byCertificate.stop();

  // The token that is still there will do; the kubeconfig beside it is rewritten.
  const again = await cluster.start(BY_TOKEN);
  await until(async () => (await switched.secret())?.['kubeconfig'] === second['kubeconfig'], {
    describe: 'the kubeconfig names the token',
  });
  expect((await switched.secret())?.['token']).toBe(second['token']);
  await again.stop();
});
