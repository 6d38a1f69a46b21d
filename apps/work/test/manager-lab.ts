import { ClusterRole, ClusterRoleBinding, labels, ManifestWork, Namespace } from '@ocm/api';
import { connect, type KubeClient, kubeconfigFile, silentLogger } from '@ocm/kube';
import {
  aNamespace,
  type ControlPlane,
  type ControlPlaneOptions,
  type FaultProxy,
  startControlPlane,
  startFaultProxy,
  until,
} from '@ocm/testing';
import { type ManagerOptions, runManager } from '../src/hub/run-manager.ts';
import { workManagerRules } from './manager-role.ts';
import { Tenant } from './manager-tenant.ts';

const MANAGER = 'system:serviceaccount:open-cluster-management-hub:work-controller-sa';

/** The manager in this process. */
export interface RunningManager extends AsyncDisposable {
  /** Ends it in good order. */
  stop(): Promise<void>;
}

export interface ManagerOver extends Partial<Pick<ManagerOptions, 'gates' | 'intervals' | 'log' | 'clock'>> {
  /** Reach the hub without the proxy. */
  readonly direct?: boolean;
}

/** A hub with the packaged rights of the manager, and no manager yet; there is no scheduler, the tests decide themselves. */
export interface ManagerLab extends AsyncDisposable {
  readonly cp: ControlPlane;
  /** Before the manager's connection. */
  readonly proxy: FaultProxy;
  readonly admin: KubeClient;
  readonly signal: AbortSignal;
  startManager(over?: ManagerOver): Promise<RunningManager>;
  /** A namespace for replica sets, and clusters of its own. */
  newTenant(clusters?: number): Promise<Tenant>;
}

/** Quick enough for tests, and long enough to be seen. */
const INTERVALS = { decisionsQuietMs: 100, statusSpacingMs: 20 };
const ALL_GATES = { ManifestWorkReplicaSet: true, CleanUpCompletedManifestWork: true };

export async function startManagerLab(options: ControlPlaneOptions = {}): Promise<ManagerLab> {
  const cp = await startControlPlane(options);
  const end = new AbortController();
  const { signal } = end;
  const proxy = await startFaultProxy({ controlPlane: cp });
  const admin = await connect(kubeconfigFile(cp.adminKubeconfigPath), { userAgent: 'test', signal });
  await grantRights(admin, signal);
  await untilGranted(cp, signal);
  const running = new Set<RunningManager>();
  let tenants = 0;
  return {
    cp,
    proxy,
    admin,
    signal,
    async startManager({ direct = false, ...over } = {}) {
      const text = await cp.kubeconfig({ user: MANAGER }, direct ? undefined : { server: proxy.url });
      const manager = await start({ text, directory: cp.directory }, over);
      running.add(manager);
      return manager;
    },
    async newTenant(count = 3) {
      tenants += 1;
      const namespace = `tenant${tenants}`;
      const clusters = Array.from({ length: count }, (_, index) => `${namespace}-c${index + 1}`);
      const create = async (name: string): Promise<void> => {
        await admin.kind(Namespace).create(aNamespace({ name }), { signal });
      };
      await Promise.all([namespace, ...clusters].map(create));
      return new Tenant({ admin, signal }, namespace, clusters);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map((manager) => manager.stop()));
      end.abort();
      await proxy.close();
      await cp.stop();
    },
  };
}

async function start(
  kubeconfig: { readonly text: string; readonly directory: string },
  { intervals, ...over }: Omit<ManagerOver, 'direct'>,
): Promise<RunningManager> {
  const [stopping, closing] = [new AbortController(), new AbortController()];
  const connecting = { userAgent: 'work-manager', signal: closing.signal };
  const client = await connect({ kind: 'text', ...kubeconfig }, connecting);
  const options = { gates: ALL_GATES, log: silentLogger, ...over, intervals: { ...INTERVALS, ...intervals } };
  const ended = runManager({ ...options, client, signal: stopping.signal });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended.finally(() => closing.abort());
  };
  return { stop, [Symbol.asyncDispose]: stop };
}

/** The API server learns of a new right a moment after it was given. */
async function untilGranted(cp: ControlPlane, signal: AbortSignal): Promise<void> {
  const text = await cp.kubeconfig({ user: MANAGER });
  await using client = await connect({ kind: 'text', text, directory: cp.directory }, { userAgent: 'test', signal });
  const isAllowed = async (): Promise<boolean> => {
    for await (const page of client.kind(ManifestWork).list({ limit: 1, signal })) return page.items.length >= 0;
    return false;
  };
  await until(isAllowed, { describe: 'the manager has its rights', signal });
}

async function grantRights(admin: KubeClient, signal: AbortSignal): Promise<void> {
  const name = 'open-cluster-management:cluster-manager-work:controller';
  const marked = { name, labels: { [labels.createdByClusterManager]: 'cluster-manager' } };
  await admin.kind(ClusterRole).create({ metadata: marked, rules: workManagerRules }, { signal });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name } as const;
  const subjects = [{ kind: 'User', apiGroup: roleRef.apiGroup, name: MANAGER }] as const;
  await admin.kind(ClusterRoleBinding).create({ metadata: marked, roleRef, subjects }, { signal });
}
