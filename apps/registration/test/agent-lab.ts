import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CertificateSigningRequest, findCondition, labels, Lease, Namespace, Secret } from '@ocm/api';
import { type Clock, connect, type KubeClient, systemClock } from '@ocm/kube';
import { parseFlags } from '@ocm/service';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  grantRights,
  type Identity,
  type KubeconfigRoute,
  until,
} from '@ocm/testing';
import { agentFlags, type AgentSettings } from '../src/agent/agent-flags.ts';
import { createAgentHealth } from '../src/agent/agent-health.ts';
import { createConnectionReport } from '../src/agent/diagnosis/connection-report.ts';
import type { Diagnosis } from '../src/agent/diagnosis/diagnose.ts';
import type { AgentIntervals } from '../src/agent/intervals.ts';
import { runAgent } from '../src/agent/run-agent.ts';
import { type ClusterActor, clusterActor, type HubLab, type HubRunOptions, startHubLab } from './hub-lab.ts';
import { agentAddOnRules, agentClusterRules, agentNamespaceRules, bootstrapRules } from './registration-agent-roles.ts';

export const BOOTSTRAP_USER = 'bootstrap-user';
export const AGENT_USER = 'agent-service-account';

/** For what takes many steps; on a busy machine each may take its time. */
const DEADLINE_MS = 35_000;

/** Short enough that nothing in a test waits for a clock, and long enough that nothing spins. */
const INTERVALS: Partial<AgentIntervals> = {
  validityPollMs: 100,
  credentialResyncMs: 500,
  secretToFilesResyncMs: 1000,
  bootstrapRefusedMs: 300,
  acceptancePollMs: 50,
  acceptancePollMaxMs: 500,
  unhealthyRecheckMs: 100,
  addOnLeaseCheckMs: 200,
  diagnosisMs: 200,
  credentialReloadMs: 200,
};

/** A control plane that is hub, management cluster and managed cluster at once, with a running hub controller. */
export interface AgentLab extends AsyncDisposable {
  readonly hub: HubLab;
  readonly admin: KubeClient;
  /** A cluster of this name with a namespace and files for its agent, or with those of another; nothing runs yet. */
  cluster(name: string, home?: Pick<JoiningCluster, 'namespace' | 'directory'>): Promise<JoiningCluster>;
}

export interface AgentLabOptions {
  readonly controlPlane?: ControlPlaneOptions;
  /** `false`: no hub controller runs. */
  readonly hub?: HubRunOptions | false;
}

export async function startAgentLab(options: AgentLabOptions = {}): Promise<AgentLab> {
  const hub = await startHubLab({ controllerManager: true, ...options.controlPlane });
  await grantAgentRights(hub.admin, hub.signal);
  if (options.hub !== false) await hub.startHub(options.hub);
  const agents = new Set<RunningAgent>();
  return {
    hub,
    admin: hub.admin,
    cluster: async (name, home) => joiningCluster(hub, { ...(home ?? (await makeHome(hub, name))), name }, agents),
    async [Symbol.asyncDispose]() {
      await Promise.all([...agents].map((agent) => agent.stop().catch(() => undefined)));
      await hub[Symbol.asyncDispose]();
    },
  };
}

export interface AgentRunOptions {
  /** Flags beside those of names and files. */
  readonly flags?: readonly string[];
  /** `null`: the agent is given no cluster name. */
  readonly name?: string | null;
  readonly intervals?: Partial<AgentIntervals>;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** How the agent reaches its own cluster. */
  readonly spokeVia?: KubeconfigRoute;
  /** Another directory for the hub credential: that of a new pod. */
  readonly hubDirectory?: string;
  /** In place of the command line of AWS. */
  readonly awsCommand?: string;
}

/** A log line of an agent. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The end of the log of an agent, for messages. */
export function describeLog({ log }: Pick<RunningAgent, 'log'>): string {
  const lines = log.slice(-20).map(({ level, message, fields }) => `${level} ${message} ${inspect(fields)}`);
  return lines.join('\n').slice(-8000);
}

export interface RunningAgent {
  /** Resolves or rejects as `runAgent` does. */
  readonly ended: Promise<void>;
  readonly settings: AgentSettings;
  readonly hubDirectory: string;
  readonly log: readonly LogLine[];
  /** What the health check of the process says; `undefined` when all is well. */
  health(): Promise<string | undefined>;
  /** What it says of the connection to its hub. */
  diagnosis(): Diagnosis | undefined;
  stop(): Promise<void>;
}

/** A cluster as its administrators on both sides see it. */
export interface JoiningCluster extends ClusterActor {
  /** Where its agent lives on the management cluster. */
  readonly namespace: string;
  /** Its files. */
  readonly directory: string;
  /** Path of the bootstrap kubeconfig; `writeBootstrap` fills it. */
  readonly bootstrapPath: string;
  /** Puts a bootstrap kubeconfig, and other files beside it, into the directory and, first, into the secret. */
  writeBootstrap(kubeconfig: string, beside?: Readonly<Record<string, string>>): Promise<void>;
  /** The usual bootstrap kubeconfig: that of a user with the packaged rights. */
  bootstrapKubeconfig(via?: KubeconfigRoute, identity?: Identity): Promise<string>;
  /** Starts its agent, with the usual bootstrap kubeconfig if none was written. */
  start(options?: AgentRunOptions): Promise<RunningAgent>;
  requests(): Promise<readonly CertificateSigningRequest[]>;
  /** Waits for a request that nobody has decided about. */
  pendingRequest(): Promise<CertificateSigningRequest>;
  approveRequest(request?: CertificateSigningRequest): Promise<void>;
  /** Text of the keys of the hub credential secret; `undefined` without one. */
  credential(): Promise<Readonly<Record<string, string>> | undefined>;
  editCredential(keys: Readonly<Record<string, string>>): Promise<void>;
  lease(): Promise<Lease | undefined>;
  /** Waits until the cluster is on the hub. */
  untilMade(): Promise<void>;
  /** Approves, accepts, and waits until the cluster is available. */
  admit(): Promise<void>;
  untilCondition(type: string, status: string): Promise<void>;
}

export const AVAILABLE = 'ManagedClusterConditionAvailable';
export const JOINED = 'ManagedClusterJoined';

interface Home {
  readonly namespace: string;
  readonly directory: string;
}

async function makeHome({ admin, controlPlane, signal }: HubLab, name: string): Promise<Home> {
  const namespace = `agent-of-${name}`;
  await makeAgentNamespace(admin, namespace, signal);
  return { namespace, directory: await mkdtemp(join(controlPlane.directory, `${name}-`)) };
}

function joiningCluster(
  hub: HubLab,
  { name, namespace, directory }: Home & { readonly name: string },
  agents: Set<RunningAgent>,
): JoiningCluster {
  const { admin, controlPlane, signal } = hub;
  const bootstrapPath = join(directory, 'kubeconfig');
  const actor = clusterActor(hub, name);
  const secrets = admin.kind(Secret);
  const csrs = admin.kind(CertificateSigningRequest);
  const secretRef = { namespace, name: 'hub-kubeconfig-secret' };
  let hasBootstrap = false;

  const cluster: JoiningCluster = {
    ...actor,
    namespace,
    directory,
    bootstrapPath,
    async writeBootstrap(kubeconfig, beside = {}) {
      hasBootstrap = true;
      const files = { ...beside, kubeconfig };
      await putSecret(admin, { namespace, name: 'bootstrap-hub-kubeconfig' }, files);
      for (const [name, text] of Object.entries(files)) await replaceFile(join(directory, name), text);
    },
    bootstrapKubeconfig: (via, identity = { user: BOOTSTRAP_USER }) => controlPlane.kubeconfig(identity, via),
    async start(options = {}) {
      if (!hasBootstrap) await cluster.writeBootstrap(await cluster.bootstrapKubeconfig());
      const agent = await startAgent(controlPlane, { ...options, cluster });
      agents.add(agent);
      return agent;
    },
    async requests() {
      const found: CertificateSigningRequest[] = [];
      for await (const page of csrs.list({ labelSelector: `${labels.clusterName}=${name}`, signal })) {
        found.push(...page.items);
      }
      return found;
    },
    async pendingRequest() {
      return until(async () => (await cluster.requests()).find(isPending), {
        describe: `${name} has a pending CSR`,
        deadlineMs: DEADLINE_MS,
      });
    },
    async approveRequest(request) {
      const { metadata, ...csr } = request ?? (await cluster.pendingRequest());
      const approved = { type: 'Approved', status: 'True', reason: 'ByTest' } as const;
      const status = { ...csr.status, conditions: [...(csr.status?.conditions ?? []), approved] };
      await csrs.replace({ ...csr, metadata, status }, { subresource: 'approval', signal });
    },
    async credential() {
      const secret = await secrets.find(secretRef, { signal });
      if (secret === undefined) return undefined;
      const entries = Object.entries(secret.data ?? {}).map(([key, value]) => [
        key,
        Buffer.from(value, 'base64').toString(),
      ]);
      return Object.fromEntries(entries) as Record<string, string>;
    },
    async editCredential(keys) {
      await putSecret(admin, secretRef, keys);
    },
    lease: () => admin.kind(Lease).find({ namespace: name, name: 'managed-cluster-lease' }, { signal }),
    async untilMade() {
      await until(() => cluster.find(), { describe: `${name} exists`, deadlineMs: DEADLINE_MS });
    },
    async admit() {
      await Promise.all([cluster.approveRequest(), cluster.untilMade().then(() => cluster.accept())]);
      await cluster.untilCondition(AVAILABLE, 'True');
    },
    async untilCondition(type, status) {
      const check = async (): Promise<void> => {
        const seen = await cluster.find();
        if (findCondition(seen?.status?.conditions, type)?.status !== status) throw new Error(JSON.stringify(seen));
      };
      await until(() => check().then(() => true), {
        describe: `${name} has ${type}=${status}`,
        deadlineMs: DEADLINE_MS,
      });
    },
  };
  return cluster;
}

const isPending = ({ status }: CertificateSigningRequest): boolean => (status?.conditions ?? []).length === 0;

async function startAgent(
  controlPlane: ControlPlane,
  options: AgentRunOptions & { readonly cluster: JoiningCluster },
): Promise<RunningAgent> {
  const { cluster, clock = systemClock, random, spokeVia, name, awsCommand } = options;
  const { directory } = cluster;
  const hubDirectory = options.hubDirectory ?? join(directory, 'hub');
  const settings = settingsOf([
    ...(name === null ? [] : [`--spoke-cluster-name=${name ?? cluster.name}`]),
    `--bootstrap-kubeconfig=${cluster.bootstrapPath}`,
    `--hub-kubeconfig-dir=${hubDirectory}`,
    ...(options.flags ?? []),
  ]);
  const stopping = new AbortController();
  const closing = new AbortController();
  const text = await controlPlane.kubeconfig({ user: AGENT_USER }, spokeVia);
  const kubeconfig = { kind: 'text', text, directory } as const;
  const client = await connect(kubeconfig, { userAgent: 'registration-agent', signal: closing.signal });
  const log: LogLine[] = [];
  const health = createAgentHealth();
  const connection = createConnectionReport();
  const ended = runAgent({
    settings,
    namespace: cluster.namespace,
    client,
    kubeconfig,
    instance: `agent-of-${cluster.name}`,
    signal: stopping.signal,
    log: recordingLogger(log),
    clock,
    health,
    connection,
    intervals: { ...INTERVALS, ...options.intervals },
    ...(random === undefined ? {} : { random }),
    ...(awsCommand === undefined ? {} : { awsCommand }),
  }).finally(() => closing.abort());
  ended.catch(() => undefined); // whoever looks at it sees the rejection
  return {
    ended,
    settings,
    hubDirectory,
    log,
    diagnosis: () => connection.diagnosis(),
    health: async () => health.check.check(stopping.signal),
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

function settingsOf(argv: readonly string[]): AgentSettings {
  const outcome = parseFlags(agentFlags, argv, { name: 'registration agent', summary: '' });
  if (outcome.kind !== 'config') throw new Error('help was asked for');
  return outcome.config;
}

function recordingLogger(lines: LogLine[]): Parameters<typeof runAgent>[0]['log'] {
  const write =
    (level: LogLine['level']) =>
    (fields: object, message: string): void => {
      lines.push({ level, message, fields: { ...fields } });
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

async function makeAgentNamespace(admin: KubeClient, namespace: string, signal: AbortSignal): Promise<void> {
  await admin.kind(Namespace).create({ metadata: { name: namespace } }, { signal });
  const to = { user: AGENT_USER };
  await grantRights(admin, { name: 'agent', namespace, to, rules: agentNamespaceRules }, signal);
}

async function grantAgentRights(admin: KubeClient, signal: AbortSignal): Promise<void> {
  const grants = [
    { name: 'open-cluster-management:klusterlet-registration:agent', rules: agentClusterRules, user: AGENT_USER },
    {
      name: 'open-cluster-management:klusterlet-registration:addon-management',
      rules: agentAddOnRules,
      user: AGENT_USER,
    },
    { name: 'open-cluster-management:bootstrap', rules: bootstrapRules, user: BOOTSTRAP_USER },
  ];
  for (const { name, rules, user } of grants) await grantRights(admin, { name, rules, to: { user } }, signal);
}

async function putSecret(
  admin: KubeClient,
  ref: { readonly namespace: string; readonly name: string },
  keys: Readonly<Record<string, string>>,
): Promise<void> {
  const { signal } = new AbortController();
  const secrets = admin.kind(Secret);
  const live = await secrets.find(ref, { signal });
  if (live === undefined) await secrets.create({ metadata: ref, stringData: keys }, { signal });
  else await secrets.mergePatch(ref, { stringData: keys }, { signal });
}

/** Replaces a file as a whole, as a mounted secret is: an agent that keeps looking at it never reads half of it. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.next`, text, { mode: 0o600 });
  await rename(`${path}.next`, path);
}

/** A clock that can be set wrong; time passes at its usual speed. */
export function shiftedClock(): Clock & { shiftMs: number } {
  return {
    ...systemClock,
    shiftMs: 0,
    now() {
      return new Date(Date.now() + this.shiftMs);
    },
  };
}
