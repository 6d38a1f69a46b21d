import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlanePki, PkiFiles } from './control-plane-files.ts';
import { type JsonClient, jsonClient } from './json-request.ts';
import { programs } from './programs.ts';
import { startFailure } from './start-failure.ts';
import type { SupervisedProcess, Supervisor } from './supervisor.ts';

// Alone it takes under 3 s; a machine that runs many suites at once may take a while.
const READY_WITHIN_MS = 90_000;
const POLL_MS = 10;

export interface ApiServerOptions {
  readonly supervisor: Supervisor;
  readonly directory: string;
  readonly pki: ControlPlanePki;
  readonly port: number;
  readonly etcdUrl: string;
  /** Keeps control planes apart that share an etcd: `/registry`. */
  readonly etcdPrefix: string;
  readonly extraFlags: readonly string[];
}

export interface ApiServer {
  readonly process: SupervisedProcess;
  /** The administrator's requests. */
  readonly request: JsonClient;
  /**
   * Resolves when /readyz says ok.
   *
   * @throws PortTakenError when another process was faster
   */
  ready(): Promise<void>;
}

/** Starts kube-apiserver; it takes requests a good second later, and is ready a second after that. */
export async function launchApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { supervisor, directory, pki, port } = options;
  const { 'kube-apiserver': program } = await programs();
  const logFile = join(directory, `kube-apiserver-${port}.log`);
  const process = supervisor.start(program, { args: apiServerArgs(options), logFile });
  const request = jsonClient(`https://127.0.0.1:${port}`, {
    ca: pki.ca.certificatePem,
    cert: pki.admin.certificatePem,
    key: pki.admin.privateKeyPem,
  });
  const ready = (): Promise<void> =>
    untilReady({ process, request }, logFile).catch((error: unknown) => {
      request.close();
      throw error;
    });
  return { process, request, ready };
}

async function untilReady({ process, request }: Omit<ApiServer, 'ready'>, logFile: string): Promise<void> {
  const end = performance.now() + READY_WITHIN_MS;
  // Whoever has taken the port may well accept the connection and never answer.
  const ended = process.ended.then(() => false);
  while (!(await Promise.race([isReady(request), ended]))) {
    if (process.hasEnded()) throw await startFailure('kube-apiserver', 'ended', logFile);
    if (performance.now() > end) {
      await process.kill();
      throw await startFailure('kube-apiserver', `was not ready within ${READY_WITHIN_MS} ms`, logFile);
    }
    await sleep(POLL_MS);
  }
}

function isReady(request: JsonClient): Promise<boolean> {
  return request('GET', '/readyz').then(
    ({ status }) => status === 200,
    () => false,
  );
}

function apiServerArgs({ pki, port, etcdUrl, etcdPrefix, extraFlags }: ApiServerOptions): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    `--etcd-prefix=${etcdPrefix}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none', // a loopback address is not allowed in Endpoints
    ...credentialArgs(pki.files),
    '--authorization-mode=RBAC',
    '--enable-bootstrap-token-auth',
    '--allow-privileged',
    '--service-cluster-ip-range=10.222.0.0/24',
    '--max-requests-inflight=3000',
    '--max-mutating-requests-inflight=1000',
    ...extraFlags,
  ];
}

function credentialArgs(files: PkiFiles): string[] {
  return [
    `--tls-cert-file=${files.serving}`,
    `--tls-private-key-file=${files.servingKey}`,
    `--client-ca-file=${files.ca}`,
    // The fault proxy terminates TLS and passes on in these headers who the client is.
    `--requestheader-client-ca-file=${files.frontCa}`,
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${files.tokenPublicKey}`,
    `--service-account-signing-key-file=${files.tokenKey}`,
  ];
}
