import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Lease } from '@ocm/api';
import { createCertificateAuthority } from '@ocm/pki';
import { freePort, startSupervisor, type SupervisedProcess, type Supervisor, until } from '@ocm/testing';
import { AGENT_USER, type AgentLab, AVAILABLE, type JoiningCluster, startAgentLab } from './agent-lab.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');

let lab: AgentLab;
let supervisor: Supervisor;
let directory: string;
beforeAll(async () => {
  supervisor = startSupervisor();
  [lab, directory] = await Promise.all([startAgentLab(), supervisor.makeDirectory('agent-process-')]);
});
afterAll(async () => {
  await supervisor.stop();
  await lab[Symbol.asyncDispose]();
});

let runs = 0;

/** `registration agent` as a process of its own. */
function startProcess(args: readonly string[], env: Record<string, string> = {}): SupervisedProcess & { log: string } {
  runs += 1;
  const log = join(directory, `${runs}.log`);
  const process = supervisor.start(globalThis.process.execPath, { args: [MAIN, 'agent', ...args], logFile: log, env });
  return { ...process, log };
}

async function argumentsFor(cluster: JoiningCluster): Promise<{ args: string[]; port: number }> {
  const kubeconfig = join(cluster.directory, 'management.kubeconfig');
  await lab.hub.controlPlane.writeKubeconfig(kubeconfig, { user: AGENT_USER });
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig());
  const port = await freePort();
  const args = [
    `--kubeconfig=${kubeconfig}`,
    `--namespace=${cluster.namespace}`,
    `--listen=127.0.0.1:${port}`,
    `--spoke-cluster-name=${cluster.name}`,
    `--bootstrap-kubeconfig=${cluster.bootstrapPath}`,
    `--hub-kubeconfig-dir=${join(cluster.directory, 'hub')}`,
  ];
  return { args, port };
}

function get(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { rejectUnauthorized: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('a killed agent that is started again in its pod takes its lease back at once', async () => {
  const cluster = await lab.cluster('killed');
  await cluster.create({ leaseDurationSeconds: 1 });
  const { args, port } = await argumentsFor(cluster);
  const env = { POD_NAME: 'agent-0' };
  const first = startProcess(args, env);
  const report = (): Promise<{ status: number; body: string }> => get(`https://127.0.0.1:${port}/healthz?verbose`);
  const name = (await cluster.pendingRequest()).metadata.name;
  // It waits for people, which a restart would not change: it is healthy, and says for what.
  await until(async () => (await report()).body.includes(`CertificateRequestPending: CSR ${name} is not approved`), {
    describe: 'the agent says what it waits for',
  });
  expect((await report()).status).toBe(200);
  await cluster.admit();
  const lock = (): Promise<Lease> =>
    lab.admin
      .kind(Lease)
      .get({ namespace: cluster.namespace, name: 'registration-agent-lock' }, { signal: lab.hub.signal });
  const before = await lock();
  expect(before.spec?.holderIdentity).toBe('agent-0');
  await until(async () => (await report()).body.startsWith('[+]hub-kube-config ok\n[+]hub-connection ok\n'), {
    describe: 'all is well',
    deadlineMs: 35_000,
  });
  await first.kill();

  const second = startProcess(args, env);
  const renewed = (await cluster.lease())?.spec?.renewTime;
  await until(async () => (await cluster.lease())?.spec?.renewTime !== renewed, {
    describe: 'the heartbeat goes on',
    deadlineMs: 35_000,
  });
  const after = await lock();
  expect(after.spec?.holderIdentity).toBe('agent-0');
  expect(after.spec?.leaseTransitions).toBe(before.spec?.leaseTransitions);
  await cluster.untilCondition(AVAILABLE, 'True');
  await expect(cluster.requests()).resolves.toHaveLength(1);

  second.signal('SIGTERM');
  await expect(second.ended).resolves.toBe(0);
  expect((await lock()).spec?.holderIdentity ?? '').toBe('');
});

interface BadInput {
  readonly what: string;
  /** Changes good arguments into bad ones. */
  readonly spoil: (args: string[], cluster: JoiningCluster) => Promise<string[]> | string[];
  /** What the one line on standard error says. */
  readonly says: readonly RegExp[];
}

const replaced = (args: readonly string[], flag: string, value: string): string[] =>
  args.map((arg) => (arg.startsWith(`--${flag}=`) ? `--${flag}=${value}` : arg));

const BAD_INPUTS: readonly BadInput[] = [
  { what: 'an unknown flag', spoil: (args) => [...args, '--nope=1'], says: [/--nope/, /--help/] },
  {
    what: 'a kubeconfig that cannot be read',
    spoil: (args) => replaced(args, 'kubeconfig', '/none/kubeconfig'),
    says: [/\/none\/kubeconfig/, /--kubeconfig/],
  },
  {
    what: 'a bootstrap kubeconfig that cannot be read',
    spoil: (args) => replaced(args, 'bootstrap-kubeconfig', '/none/bootstrap'),
    says: [/--bootstrap-kubeconfig "\/none\/bootstrap"/, /mount the secret/],
  },
  {
    what: 'no bootstrap kubeconfig',
    spoil: (args) => args.filter((arg) => !arg.startsWith('--bootstrap-kubeconfig=')),
    says: [/bootstrap-kubeconfig is required/],
  },
  {
    what: 'a name that is no DNS label',
    spoil: (args) => replaced(args, 'spoke-cluster-name', 'Not_A_Name'),
    says: [/metadata.name format is not correct/, /"Not_A_Name"/, /--spoke-cluster-name/],
  },
  {
    what: 'an http address from outside',
    spoil: (args) => [...args, '--spoke-external-server-urls=http://a.example'],
    says: [/--spoke-external-server-urls/, /"http:\/\/a.example" is invalid/],
  },
  {
    what: 'an API server of another CA',
    async spoil(args, cluster) {
      const path = join(cluster.directory, 'other-ca.kubeconfig');
      const other = await createCertificateAuthority({ commonName: 'other', validityMs: 3_600_000, now: new Date() });
      await lab.hub.controlPlane.writeKubeconfig(path, { user: AGENT_USER }, { caPem: other.certificatePem });
      return replaced(args, 'kubeconfig', path);
    },
    says: [/is not signed by the certificate authority/, /certificate-authority-data of the kubeconfig/],
  },
  {
    what: 'a service account without rights',
    async spoil(args, cluster) {
      const path = join(cluster.directory, 'nobody.kubeconfig');
      await lab.hub.controlPlane.writeKubeconfig(path, { user: 'nobody' });
      return [...replaced(args, 'kubeconfig', path), '--disable-leader-election'];
    },
    says: [/secrets/, /forbidden/i, /rights/],
  },
];

test.concurrent.each(BAD_INPUTS)(
  '[registration 7] $what ends the process with code 1 and one line',
  async ({ what, spoil, says }) => {
    const cluster = await lab.cluster(what.toLowerCase().replaceAll(/[^a-z]+/g, '-'));
    const { args } = await argumentsFor(cluster);
    const process = startProcess(await spoil(args, cluster), { POD_NAME: 'agent-0' });
    await expect(process.ended).resolves.toBe(1);
    const lines = (await readFile(process.log, 'utf8')).trim().split('\n');
    const errors = lines.filter((line) => line.startsWith('error: '));
    expect(errors).toHaveLength(1);
    for (const pattern of says) expect(errors[0]).toMatch(pattern);
  },
);
