import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { type ApiServer, type ApiServerOptions, launchApiServer } from './api-server.ts';
import { type AuditEntry, auditFlags, readAuditLog } from './audit.ts';
import type { CertificateAuthority, KeyAndCertificate } from '@ocm/pki';
import { type ClientCertificateRequest, issueClientCertificate } from './certificates.ts';
import { type ControlPlanePki, createControlPlanePki } from './control-plane-files.ts';
import { runControllerManager } from './controller-manager.ts';
import { type ConversionEndpoint, serveConversion } from './conversion-server.ts';
import { applyCustomResources } from './custom-resources.ts';
import { type Etcd, runEtcd } from './etcd.ts';
import { freePort, retryOnTakenPort } from './free-port.ts';
import { type Credential, kubeconfigText } from './kubeconfig.ts';
import { startSupervisor, type SupervisedProcess } from './supervisor.ts';
import { until } from './until.ts';

const YEAR_MS = 365 * 86_400_000;

export interface ControlPlaneOptions {
  /** Also run kube-controller-manager: CSR signing, garbage collection, namespace deletion, service accounts and tokens. */
  readonly controllerManager?: boolean;
  /** Names of kube-controller-manager's controllers to run in addition, such as `deployment-controller`. */
  readonly extraControllers?: readonly string[];
  /** Longest lifetime that kube-controller-manager gives to a certificate; default one year. */
  readonly signingDurationMs?: number;
  /** Install the CRDs of @ocm/api; default true. */
  readonly crds?: boolean;
  /** Where add-on objects are converted; by default a server in this process (`serveConversion`). */
  readonly conversion?: ConversionEndpoint;
  /** An etcd to share with others; by default the control plane has its own. */
  readonly etcd?: Pick<Etcd, 'url'>;
  /** Write an audit log, for `readAudit`; costs about a tenth of the throughput of writes. */
  readonly audit?: boolean;
  readonly apiServerFlags?: readonly string[];
}

/** Who a kubeconfig is for; `admin` is in `system:masters`. */
export type Identity = 'admin' | 'anonymous' | ClientCertificateRequest | { readonly token: string };

/** A real etcd and kube-apiserver on 127.0.0.1. */
export interface ControlPlane extends AsyncDisposable {
  /** `https://127.0.0.1:<port>`; stays the same across `stopApiServer` and `startApiServer`. */
  readonly url: string;
  readonly caPem: string;
  /** Kubeconfig of `system:masters`. */
  readonly adminKubeconfigPath: string;
  /** Logs, keys and kubeconfigs; removed by `stop`. */
  readonly directory: string;
  /** Signed the serving certificate and signs all client certificates. */
  readonly ca: CertificateAuthority;
  /** Whoever has a certificate of it may name the user in `X-Remote-User` and `X-Remote-Group`. */
  readonly frontCa: CertificateAuthority;
  readonly pids: {
    readonly apiServer: number;
    readonly etcd: number | undefined;
    readonly controllerManager: number | undefined;
  };
  clientCertificate(user: ClientCertificateRequest): Promise<KeyAndCertificate>;
  /** A kubeconfig with everything inline. `server` and `caPem` point it elsewhere, for example at a fault proxy. */
  kubeconfig(identity: Identity, via?: KubeconfigRoute): Promise<string>;
  writeKubeconfig(path: string, identity: Identity, via?: KubeconfigRoute): Promise<void>;
  /** Kills kube-apiserver; connections break, then are refused. */
  stopApiServer(): Promise<void>;
  /** Starts it again on the same port and waits until it is ready. */
  startApiServer(): Promise<void>;
  /** Suspends kube-apiserver: connections stay open and get no answer. */
  freezeApiServer(): Promise<void>;
  thawApiServer(): void;
  /** The requests so far; needs the option `audit`. */
  readAudit(): Promise<readonly AuditEntry[]>;
  stop(): Promise<void>;
}

export interface KubeconfigRoute {
  readonly server?: string;
  readonly caPem?: string;
  readonly proxyUrl?: string;
}

/**
 * Starts a control plane and returns when it serves every API that was asked for, after some 3 s. It ends with `stop` or
 * `await using`, and at the latest with this process, however that ends.
 *
 * @throws Error with the end of the program's log when one of them does not come up
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  await using resources = new AsyncDisposableStack();
  const supervisor = startSupervisor();
  resources.defer(() => supervisor.stop());
  const directory = await supervisor.makeDirectory('ocm-control-plane-');
  const [pki, etcd, audit] = await Promise.all([
    createControlPlanePki(directory),
    options.etcd ?? retryOnTakenPort(() => runEtcd(supervisor, directory)),
    options.audit === true ? auditFlags(directory) : [],
  ]);
  const settings = {
    supervisor,
    directory,
    pki,
    etcdUrl: etcd.url,
    etcdPrefix: `/registry-${randomBytes(4).toString('hex')}`,
    extraFlags: [...flagsFor(options), ...audit],
  };
  const { running, controllerManager } = await retryOnTakenPort(() => startServer(settings, options, resources));
  const pids = { etcd: 'process' in etcd ? etcd.process.pid : undefined, controllerManager: controllerManager?.pid };
  return controlPlane(running, pids, resources.move());
}

/** The API server, and beside its slow start all that can already be done. */
async function startServer(
  settings: Omit<ApiServerOptions, 'port'>,
  options: ControlPlaneOptions,
  resources: AsyncDisposableStack,
): Promise<{ readonly running: Running; readonly controllerManager: SupervisedProcess | undefined }> {
  const port = await freePort();
  const server = await launchApiServer({ ...settings, port });
  const running = { settings: { ...settings, port }, server, url: `https://127.0.0.1:${port}` };
  const failed = new AbortController();
  const { signal } = failed;
  const ready = server.ready();
  const crds = options.crds === false ? ready : installCrds(running, { given: options.conversion, resources, signal });
  // Earlier than this it would only compete with the API server for the processor.
  const controllers = ready.then(() =>
    options.controllerManager === true ? startControllers(running, options, signal) : undefined,
  );
  try {
    const [controllerManager] = await Promise.all([controllers, crds]);
    return { running, controllerManager };
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled([controllers, crds]);
    server.request.close();
    throw error;
  }
}

function flagsFor({ controllerManager, apiServerFlags = [] }: ControlPlaneOptions): readonly string[] {
  // Without controllers nobody creates the service accounts that this plugin demands of pods.
  return [...(controllerManager === true ? [] : ['--disable-admission-plugins=ServiceAccount']), ...apiServerFlags];
}

async function installCrds(
  { server, settings }: Running,
  {
    given,
    resources,
    signal,
  }: { given: ConversionEndpoint | undefined; resources: AsyncDisposableStack; signal: AbortSignal },
): Promise<void> {
  const conversion = given ?? resources.use(await serveConversion({ ca: settings.pki.ca }));
  await applyCustomResources(server.request, { conversion, signal });
}

async function startControllers(
  { settings, server, url }: Running,
  options: ControlPlaneOptions,
  signal: AbortSignal,
): Promise<SupervisedProcess> {
  const { signingDurationMs = YEAR_MS, extraControllers = [] } = options;
  const started = await runControllerManager({ ...settings, server: url, signingDurationMs, extraControllers });
  const path = '/api/v1/namespaces/default/serviceaccounts/default';
  await until(async () => (await server.request('GET', path)).status === 200, {
    describe: 'kube-controller-manager has made the default service account',
    deadlineMs: 90_000,
    signal,
  });
  return started;
}

interface Running {
  readonly settings: ApiServerOptions;
  /** Replaced by a restart. */
  server: ApiServer;
  readonly url: string;
}

async function controlPlane(
  running: Running,
  pids: Pick<ControlPlane['pids'], 'etcd' | 'controllerManager'>,
  resources: AsyncDisposableStack,
): Promise<ControlPlane> {
  const { url, settings } = running;
  const { directory, pki } = settings;
  const adminKubeconfigPath = join(directory, 'admin.kubeconfig');
  const kubeconfig = async (identity: Identity, via: KubeconfigRoute = {}): Promise<string> =>
    kubeconfigText({
      server: url,
      caPem: pki.ca.certificatePem,
      ...via,
      credential: await credentialOf(identity, pki),
    });
  const writeKubeconfig = async (path: string, identity: Identity, via?: KubeconfigRoute): Promise<void> =>
    writeFile(path, await kubeconfig(identity, via), { mode: 0o600 });
  await writeKubeconfig(adminKubeconfigPath, 'admin');
  const stop = async (): Promise<void> => {
    running.server.request.close();
    await resources.disposeAsync();
  };
  return {
    url,
    caPem: pki.ca.certificatePem,
    adminKubeconfigPath,
    directory,
    ca: pki.ca,
    frontCa: pki.frontCa,
    get pids() {
      return { ...pids, apiServer: running.server.process.pid };
    },
    clientCertificate: (user) => issueClientCertificate(pki.ca, user),
    kubeconfig,
    writeKubeconfig,
    async stopApiServer() {
      running.server.request.close();
      // SIGTERM would wait up to a minute for open watches (lab 9).
      await running.server.process.kill();
    },
    async startApiServer() {
      running.server = await launchApiServer(settings);
      await running.server.ready();
    },
    async freezeApiServer() {
      const { process: server } = running.server;
      server.signal('SIGSTOP');
      await until(() => isStopped(server.pid), { describe: 'the API server stands still' });
    },
    thawApiServer: () => running.server.process.signal('SIGCONT'),
    readAudit: () => readAuditLog(directory),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function credentialOf(identity: Identity, pki: ControlPlanePki): Promise<Credential> {
  if (identity === 'anonymous') return { kind: 'none' };
  if (identity === 'admin') return { kind: 'certificate', pair: pki.admin };
  if ('token' in identity) return { kind: 'token', token: identity.token };
  return { kind: 'certificate', pair: await issueClientCertificate(pki.ca, identity) };
}

/** A stop reaches the threads of a process one after the other. */
async function isStopped(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const stats = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
  return stats.every((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T'));
}
