import {
  ClusterRole,
  ClusterRoleBinding,
  clusterRoleName,
  type Condition,
  findCondition,
  ManagedCluster,
  ManifestWork,
  type PolicyRule,
  registrationRoleBindingName,
  RoleBinding,
  workRoleBindingName,
} from '@ocm/api';
import { inspect } from 'node:util';
import { connect, isKubeError, type KubeClient, type Logger } from '@ocm/kube';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  grantRights,
  type KubeconfigRoute,
  startControlPlane,
  until,
} from '@ocm/testing';
import { type HubOptions, runHub } from '../src/hub/run-hub.ts';
import { registrationControllerRules } from './registration-controller-role.ts';

const HUB_USER = 'system:serviceaccount:open-cluster-management-hub:registration-controller-sa';

/** The hub controller in this process. */
export interface RunningHub extends AsyncDisposable {
  /** Ends it in good order. */
  stop(): Promise<void>;
}

export type HubRunOptions = Partial<Omit<HubOptions, 'client' | 'signal'>> & { readonly via?: KubeconfigRoute };

/** A hub's API server with the packaged rights of the hub controller, and no controller yet. */
export interface HubLab extends AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly admin: KubeClient;
  readonly signal: AbortSignal;
  /** Gives the hub controller further rights, as the operator does for some gates. */
  grantHub(name: string, rules: readonly PolicyRule[]): Promise<void>;
  /** What the hub controllers have logged so far. */
  readonly hubLog: readonly string[];
  /** Runs the hub controller as its service account; returns at once. */
  startHub(options?: HubRunOptions): Promise<RunningHub>;
}

export async function startHubLab(options: ControlPlaneOptions = {}): Promise<HubLab> {
  const controlPlane = await startControlPlane(options);
  const lab = new AbortController();
  const { signal } = lab;
  const admin = await clientOf(controlPlane, 'admin', signal);
  const grantHub = (name: string, rules: readonly PolicyRule[]): Promise<void> =>
    grantRights(admin, { name, to: { user: HUB_USER }, rules }, signal);
  await grantHub('open-cluster-management:cluster-manager-registration:controller', registrationControllerRules);
  const hubs = new Set<RunningHub>();
  const hubLog: string[] = [];
  return {
    hubLog,
    controlPlane,
    admin,
    signal,
    grantHub,
    async startHub(options = {}) {
      const hub = await startHubIn(controlPlane, { log: keptLog(hubLog), ...options });
      hubs.add(hub);
      return hub;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...hubs].map((hub) => hub.stop()));
      lab.abort();
      await admin.close();
      await controlPlane.stop();
    },
  };
}

function keptLog(lines: string[]): Logger {
  const keep = (fields: object, message: string): void => {
    const shown = inspect(fields, { depth: 3, breakLength: Infinity });
    lines.push(`${new Date().toISOString()} ${message} ${shown}`);
  };
  return { debug: keep, info: keep, warn: keep, error: keep };
}

async function startHubIn(
  controlPlane: ControlPlane,
  { via, ...options }: HubRunOptions & Pick<HubOptions, 'log'>,
): Promise<RunningHub> {
  const stopping = new AbortController();
  const closing = new AbortController();
  const text = await controlPlane.kubeconfig({ user: HUB_USER }, via);
  const client = await connect(
    { kind: 'text', text, directory: controlPlane.directory },
    { userAgent: 'registration-controller', signal: closing.signal },
  );
  const ended = runHub({ ...options, client, signal: stopping.signal });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended.finally(() => closing.abort());
  };
  return { stop, [Symbol.asyncDispose]: stop };
}

async function clientOf(
  controlPlane: ControlPlane,
  identity: Parameters<ControlPlane['kubeconfig']>[0],
  signal: AbortSignal,
): Promise<KubeClient> {
  const text = await controlPlane.kubeconfig(identity);
  return connect({ kind: 'text', text, directory: controlPlane.directory }, { userAgent: 'test', signal });
}

/** What an administrator does with one cluster, and what can be seen of it. */
export interface ClusterActor {
  readonly name: string;
  create(spec?: ManagedCluster['spec']): Promise<ManagedCluster>;
  accept(): Promise<void>;
  deny(): Promise<void>;
  delete(): Promise<void>;
  /** Changes something that nobody looks at. */
  touch(): Promise<void>;
  find(): Promise<ManagedCluster | undefined>;
  condition(type: string): Promise<Condition | undefined>;
  permissions(): Promise<ClusterPermissions>;
  /** Creates it accepted and waits until its permissions are complete. */
  createAccepted(spec?: ManagedCluster['spec']): Promise<void>;
  /** With the finalizer that the work agent sets. */
  addWork(name: string): Promise<void>;
  /** As the work agent does at the end: without the finalizer, then deleted. */
  finishWork(name: string): Promise<void>;
}

export interface ClusterPermissions {
  readonly role: ClusterRole | undefined;
  readonly binding: ClusterRoleBinding | undefined;
  readonly registration: RoleBinding | undefined;
  readonly work: RoleBinding | undefined;
}

export function clusterActor(
  { admin, signal, hubLog = [] }: Pick<HubLab, 'admin' | 'signal'> & Partial<Pick<HubLab, 'hubLog'>>,
  name: string,
): ClusterActor {
  const clusters = admin.kind(ManagedCluster);
  const works = admin.kind(ManifestWork);
  const roleBindings = admin.kind(RoleBinding);
  const setAccepted = async (hubAcceptsClient: boolean): Promise<void> => {
    await clusters.mergePatch(name, { spec: { hubAcceptsClient } }, { signal });
  };
  const find = (): Promise<ManagedCluster | undefined> => clusters.find(name, { signal });
  const create = (spec = {}): Promise<ManagedCluster> => clusters.create({ metadata: { name }, spec }, { signal });
  const condition = async (type: string): Promise<Condition | undefined> =>
    findCondition((await find())?.status?.conditions, type);
  return {
    name,
    create,
    accept: () => setAccepted(true),
    deny: () => setAccepted(false),
    delete: async () => void (await clusters.delete(name, { signal })),
    async touch() {
      const annotations = { touched: new Date().toISOString() };
      await clusters.mergePatch(name, { metadata: { annotations } }, { signal });
    },
    find,
    condition,
    async permissions() {
      const [role, binding, registration, work] = await Promise.all([
        admin.kind(ClusterRole).find(clusterRoleName(name), { signal }),
        admin.kind(ClusterRoleBinding).find(clusterRoleName(name), { signal }),
        roleBindings.find({ namespace: name, name: registrationRoleBindingName(name) }, { signal }),
        roleBindings.find({ namespace: name, name: workRoleBindingName(name) }, { signal }),
      ]);
      return { role, binding, registration, work };
    },
    async createAccepted(spec = {}) {
      await create({ ...spec, hubAcceptsClient: true });
      await until(
        async () => {
          const { metadata, status } = await clusters.get(name, { signal });
          const accepted = findCondition(status?.conditions, 'HubAcceptedManagedCluster')?.status === 'True';
          if (!accepted)
            throw new Error(`it is ${JSON.stringify({ metadata, status })}\n${hubLog.slice(-20).join('\n')}`);
          return true;
        },
        { describe: `cluster ${name} is accepted`, deadlineMs: 35_000 },
      );
    },
    async addWork(work) {
      const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', namespace: 'default' } };
      await works.create(
        {
          metadata: {
            namespace: name,
            name: work,
            finalizers: ['cluster.open-cluster-management.io/manifest-work-cleanup'],
          },
          spec: { workload: { manifests: [manifest] } },
        },
        { signal },
      );
    },
    async finishWork(work) {
      await works.mergePatch({ namespace: name, name: work }, { metadata: { finalizers: null } }, { signal });
      await works.delete({ namespace: name, name: work }, { signal }).catch((error: unknown) => {
        // With its cluster gone or going, the hub has asked for its deletion already.
        if (!isKubeError(error, 'not-found')) throw error;
      });
    },
  };
}
