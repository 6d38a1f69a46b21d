import { request } from 'node:https';
import { Lease, leaderElectionLeases, Namespace } from '@ocm/api';
import { freePort, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';
import { logged, type RegistrationProcess, startRegistration } from './registration-process.ts';

const NAMESPACE = 'open-cluster-management-hub';
let lab: HubLab;

beforeAll(async () => {
  lab = await startHubLab();
  await lab.admin.kind(Namespace).create({ metadata: { name: NAMESPACE } }, { signal: lab.signal });
});
afterAll(async () => lab[Symbol.asyncDispose]());

function startController(pod: string, ...flags: readonly string[]): RegistrationProcess {
  const kubeconfig = `--kubeconfig=${lab.controlPlane.adminKubeconfigPath}`;
  const args = ['controller', kubeconfig, `--namespace=${NAMESPACE}`, '--listen=127.0.0.1:0', ...flags];
  return startRegistration(args, { POD_NAME: pod });
}

async function leaseHolder(): Promise<string | undefined> {
  const ref = { namespace: NAMESPACE, name: leaderElectionLeases.registrationController };
  return (await lab.admin.kind(Lease).find(ref, { signal: lab.signal }))?.spec?.holderIdentity;
}

describe('registration controller', () => {
  test('a process that is killed is replaced by one that takes its lease back at once and goes on', async () => {
    const [amid, after] = [clusterActor(lab, 'amid-kill'), clusterActor(lab, 'after-kill')];
    {
      await using first = startController('pod-a');
      await clusterActor(lab, 'before-kill').createAccepted();
      expect(await leaseHolder()).toBe('pod-a');
      await amid.create({ hubAcceptsClient: true });
      first.signal('SIGKILL');
      expect(await first.ended).toBe('SIGKILL');
    }
    // The lease would have to be waited for up to 137 s otherwise, which is longer than anybody waits here.
    await using second = startController('pod-a');
    await after.createAccepted();
    await until(async () => (await amid.condition('HubAcceptedManagedCluster'))?.status === 'True', {
      describe: 'what the first one left undone is done',
    });

    await using other = startController('pod-b');
    await logged(other, 'waiting for the lease');
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(await leaseHolder()).not.toBe('pod-a');
  });

  test('serves health to everybody and metrics to nobody in particular', async () => {
    const port = await freePort();
    await using process = startController('pod-c', `--listen=127.0.0.1:${port}`, '--disable-leader-election');
    const status = (path: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path, rejectUnauthorized: false }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
    await until(async () => (await status('/healthz')) === 200, { describe: 'it is healthy', deadlineMs: 35_000 });
    expect(await Promise.all(['/readyz', '/livez', '/metrics', '/else'].map(status))).toEqual([200, 200, 401, 404]);
    expect(process.stderr()).toBe('');
  });

  test.each<{ what: string; flags: readonly string[]; says: string }>([
    { what: 'an unknown flag', flags: ['--nonsense=1'], says: '--nonsense' },
    { what: 'an unknown gate', flags: ['--feature-gates=Nonsense=true'], says: 'Nonsense' },
    { what: 'a gate that is no boolean', flags: ['--feature-gates=ResourceCleanup=maybe'], says: 'ResourceCleanup' },
    { what: 'labels without values', flags: ['--labels=team'], says: '--labels' },
    { what: 'labels that the API refuses', flags: ['--labels=team=not valid!'], says: '--labels' },
    {
      what: 'a bad duration',
      flags: ['--leader-election-lease-duration=soon'],
      says: 'leader-election-lease-duration',
    },
    { what: 'a kubeconfig that is not there', flags: ['--kubeconfig=/nowhere'], says: '/nowhere' },
    { what: 'an argument too many', flags: ['now'], says: '"now"' },
  ])('$what ends it with code 1 and one line that says so', async ({ flags, says }) => {
    await using process = startController('pod-d', ...flags);
    expect(await process.ended).toBe(1);
    expect(process.stderr()).toContain(says);
    expect(process.stderr().trim().split('\n')).toHaveLength(1);
  });
});
