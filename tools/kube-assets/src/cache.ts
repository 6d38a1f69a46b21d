import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeBinary } from './binaries.ts';
import type { Progress } from './progress.ts';

const PARTIAL = /^\.partial-(\d+)-(\d+)-/;
const WAIT_POLL_MS = 500;

/** A folder in the cache where one process gathers binaries before it puts them in place. */
export interface PartialDirectory {
  readonly path: string;
  /** Makes a finished binary visible to everybody, in one step. */
  install(binary: KubeBinary): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Takes the cache folder for this process: removes what processes left behind that were killed, and waits as long as
 * another one is at work. Two that start in the same instant may both work: each of them installs whole files, and the
 * later one wins.
 */
export async function takePartialDirectory(
  directory: string,
  options: { readonly signal: AbortSignal; readonly progress: (progress: Progress) => void },
): Promise<PartialDirectory> {
  await mkdir(directory, { recursive: true });
  await waitForOthers(directory, options);
  const path = await mkdtemp(join(directory, `.partial-${process.pid}-${await startOf(process.pid)}-`));
  return {
    path,
    async install(binary) {
      await chmod(join(path, binary), 0o755);
      await rename(join(path, binary), join(directory, binary));
    },
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function waitForOthers(
  directory: string,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: (progress: Progress) => void },
): Promise<void> {
  for (;;) {
    const other = await liveOwner(directory);
    if (other === undefined) return;
    progress({ kind: 'waiting', forPid: other });
    await sleep(WAIT_POLL_MS, undefined, { signal });
  }
}

/** Pid of a process that is at work in the folder; removes the partial folders of those that are gone. */
async function liveOwner(directory: string): Promise<number | undefined> {
  for (const name of await readdir(directory)) {
    const [, pid = '', start = ''] = PARTIAL.exec(name) ?? [];
    if (pid === '') continue;
    if (await isSameProcess(Number(pid), start)) return Number(pid);
    await rm(join(directory, name), { recursive: true, force: true });
  }
  return undefined;
}

async function isSameProcess(pid: number, start: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (await startOf(pid)) === start;
}

/** When the process started, in the kernel's ticks, so that a pid that is used again is not taken for it; 0 where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // proc(5): the command may hold spaces and parentheses; field 22 is the 20th behind it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}
