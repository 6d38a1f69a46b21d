import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, retryOnTakenPort } from './free-port.ts';
import { programs } from './programs.ts';
import { startFailure } from './start-failure.ts';
import { type SupervisedProcess, startSupervisor, type Supervisor } from './supervisor.ts';

const READY_WITHIN_MS = 60_000;
const POLL_MS = 5;
const READY = 'ready to serve client requests';

/** A running etcd. Its data is gone after `stop`. */
export interface Etcd extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts an etcd for several control planes to share (`startControlPlane({ etcd })`), each under a prefix of its own. */
export async function startEtcd(): Promise<Etcd> {
  const supervisor = startSupervisor();
  const stop = (): Promise<void> => supervisor.stop();
  try {
    const directory = await supervisor.makeDirectory('ocm-etcd-');
    const { url, process } = await retryOnTakenPort(() => runEtcd(supervisor, directory));
    return { url, pid: process.pid, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Starts etcd with its data below the directory and returns once it serves, after some 0.1 s.
 *
 * @throws PortTakenError when another process was faster
 */
export async function runEtcd(
  supervisor: Supervisor,
  directory: string,
): Promise<{ readonly url: string; readonly process: SupervisedProcess }> {
  const { etcd: program } = await programs();
  const data = await mkdtemp(join(directory, 'etcd-'));
  const logFile = `${data}.log`;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process = supervisor.start(program, { args: etcdArgs(url, data), logFile });
  const end = performance.now() + READY_WITHIN_MS;
  // Its own word for it: what answers on the port could be somebody else's etcd, because of which this one is about to end.
  while (!(await readFile(logFile, 'utf8')).includes(READY)) {
    if (process.hasEnded()) throw await startFailure('etcd', 'ended', logFile);
    if (performance.now() > end) {
      await process.kill();
      throw await startFailure('etcd', `did not serve within ${READY_WITHIN_MS} ms`, logFile);
    }
    await sleep(POLL_MS);
  }
  return { url, process };
}

function etcdArgs(url: string, data: string): string[] {
  // A single member never calls its peers, so any port will do for them.
  const peer = 'http://127.0.0.1:0';
  return [
    `--data-dir=${data}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--quota-backend-bytes=8589934592',
    // As kubeadm has it: the API server's caches learn how far the store is without waiting for a change of their kind.
    '--watch-progress-notify-interval=5s',
  ];
}
