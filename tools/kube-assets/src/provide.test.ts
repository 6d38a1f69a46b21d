import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { releaseServer, type Trouble } from '../test/release-server.ts';
import { stubGo } from '../test/stub-go.ts';
import { temporaryDirectory } from '../test/temporary-directory.ts';
import { CONTROL_PLANE_BINARIES } from './binaries.ts';
import type { Mirror } from './download.ts';
import { assetsDirectory } from './locate.ts';
import type { Progress } from './progress.ts';
import { provideKubeAssets } from './provide.ts';

const PATIENCE_MS = { connect: 30_000, stall: 30_000 };
const NOWHERE: Mirror = { kubernetes: 'http://127.0.0.1:2', etcd: 'http://127.0.0.1:2' };

interface Setting {
  readonly cacheDir: string;
  readonly mirror?: Mirror;
  readonly path?: string;
  readonly signal?: AbortSignal;
  /** How long it waits for an answer, and for the next bytes; by default as long as no busy machine takes. */
  readonly patienceMs?: { readonly connect: number; readonly stall: number };
}

/** Provides the default binaries and returns what it reported, too. */
async function provide({
  cacheDir,
  mirror = NOWHERE,
  path = '/nonexistent',
  signal,
  patienceMs = PATIENCE_MS,
}: Setting) {
  const reported: Progress[] = [];
  const assets = await provideKubeAssets({
    binaries: CONTROL_PLANE_BINARIES,
    env: { PATH: path },
    cacheDir,
    mirror,
    connectTimeoutMs: patienceMs.connect,
    stallTimeoutMs: patienceMs.stall,
    signal: signal ?? new AbortController().signal,
    progress: (progress) => reported.push(progress),
  });
  return { assets, reported };
}

async function contents(cacheDir: string): Promise<Record<string, string>> {
  const directory = assetsDirectory({}, cacheDir);
  const names = await readdir(directory).catch(() => []);
  const read = names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(read));
}

const RELEASED = {
  etcd: 'released etcd',
  'kube-apiserver': 'released kube-apiserver',
  'kube-controller-manager': 'released kube-controller-manager',
};
const BUILT = {
  etcd: 'built etcd\n',
  'kube-apiserver': 'built kube-apiserver\n',
  'kube-controller-manager': 'built kube-controller-manager\n',
};

/** The answer as soon as there is one. */
async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const end = performance.now() + 40_000; performance.now() < end; await sleep(10)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error('nothing within 40 s');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('downloads are checked and end up in the cache, which the next run uses without asking anybody', async () => {
  await using temporary = await temporaryDirectory();
  await using releases = await releaseServer('none');
  const cacheDir = temporary.path;
  const first = await provide({ cacheDir, mirror: releases.mirror });
  expect(first.assets.source).toBe('download');
  expect(first.reported).toContainEqual({
    kind: 'downloading',
    binary: 'kube-apiserver',
    receivedBytes: 23,
    totalBytes: 23,
  });
  expect(await contents(cacheDir)).toEqual(RELEASED);
  const asked = releases.requests.length;
  const second = await provide({ cacheDir, mirror: releases.mirror });
  expect([second.assets.source, releases.requests.length]).toEqual(['cache', asked]);
});

test.each<readonly [Trouble, RegExp]>([
  ['wrong sum', /kube-apiserver: its SHA-256 is [0-9a-f]{64}, but [0-9a-f]{64} is published/],
  ['truncated', /kube-apiserver: terminated/],
  ['stalled', /kube-apiserver: no more bytes within 0.3 s/],
  ['not found', /kube-apiserver.sha256: HTTP 404/],
  ['silent', /no answer within 0.3 s/],
])('a download that is %s is not used, and Go builds instead', async (trouble, reason) => {
  await using temporary = await temporaryDirectory();
  await using releases = await releaseServer(trouble);
  const cacheDir = join(temporary.path, 'cache');
  const path = await stubGo(join(temporary.path, 'go'), 'build_all');
  const patienceMs = {
    stall: trouble === 'stalled' ? 300 : PATIENCE_MS.stall,
    connect: trouble === 'silent' ? 300 : PATIENCE_MS.connect,
  };
  const { assets, reported } = await provide({ cacheDir, mirror: releases.mirror, path, patienceMs });
  expect(assets.source).toBe('build');
  expect(reported.find((progress) => progress.kind === 'download-failed')?.reason).toMatch(reason);
  expect(await contents(cacheDir)).toEqual(BUILT);
});

test('Go is called once for etcd and once for all of Kubernetes, with the stamps of the release', async () => {
  await using temporary = await temporaryDirectory();
  const path = await stubGo(temporary.path, 'build_all');
  const { reported } = await provide({ cacheDir: join(temporary.path, 'cache'), path });
  const calls = (await readFile(join(temporary.path, 'go.calls'), 'utf8')).trim().split('\n');
  expect(calls).toHaveLength(2);
  expect(calls[0]).toMatch(/^build -v -trimpath -ldflags -s -w -o \S+\/etcd go.etcd.io\/etcd\/server\/v3$/);
  expect(calls[1]).toMatch(/-X k8s.io\/component-base\/version.gitVersion=v1\.35\.4 .*-X \S+gitTreeState=clean/);
  expect(calls[1]).toMatch(
    /-o \S+\/ k8s.io\/kubernetes\/cmd\/kube-apiserver k8s.io\/kubernetes\/cmd\/kube-controller-manager$/,
  );
  expect(reported).toContainEqual({
    kind: 'building',
    binaries: ['kube-apiserver', 'kube-controller-manager'],
    packages: 2,
    step: 'linking k8s.io/kubernetes/cmd/kube-controller-manager',
  });
});

test.each([
  ['there is no Go', '/nonexistent', /build: go build of etcd: there is no `go` on the PATH/],
  ['Go fails', undefined, /build: go build of etcd: ended with status 3\nno module provides package/],
])(
  'when nothing can be reached and %s, the error says why each step failed and what to do',
  async (_name, given, why) => {
    await using temporary = await temporaryDirectory();
    const path = given ?? (await stubGo(temporary.path, 'echo "no module provides package" >&2; exit 3'));
    const cacheDir = join(temporary.path, 'cache');
    const failure = provide({ cacheDir, path });
    await expect(failure).rejects.toThrow(why);
    await expect(failure).rejects.toThrow(/OCM_KUBE_ASSETS is not set/);
    await expect(failure).rejects.toThrow(/download: http:\/\/127.0.0.1:2.* \(connect ECONNREFUSED/);
    await expect(failure).rejects.toThrow(/install Go 1.21 or newer/);
    expect(await contents(cacheDir)).toEqual({});
  },
);

test('two runs beside each other build once', async () => {
  await using temporary = await temporaryDirectory();
  const path = await stubGo(temporary.path, 'sleep 0.2; build_all');
  const cacheDir = join(temporary.path, 'cache');
  const first = provide({ cacheDir, path });
  await eventually(() => existsSync(join(temporary.path, 'go.pid')) || undefined);
  const second = await provide({ cacheDir, path });
  expect([(await first).assets.source, second.assets.source]).toEqual(['build', 'cache']);
  expect(second.reported).toContainEqual({ kind: 'waiting', forPid: process.pid });
  const calls = await readFile(join(temporary.path, 'go.calls'), 'utf8');
  expect(calls.trim().split('\n')).toHaveLength(2);
});

test('an abort ends Go with all that it started, and leaves nothing in the cache', async () => {
  await using temporary = await temporaryDirectory();
  const path = await stubGo(temporary.path, 'sleep 60 & echo $! > "$here/child.pid"; wait');
  const cacheDir = join(temporary.path, 'cache');
  const stop = new AbortController();
  const running = provide({ cacheDir, path, signal: stop.signal });
  const pidIn = (name: string) =>
    eventually(async () => Number(await readFile(join(temporary.path, name), 'utf8').catch(() => '')) || undefined);
  const pids = [await pidIn('go.pid'), await pidIn('child.pid')];
  stop.abort(new Error('stopped by the test'));
  await expect(running).rejects.toThrow('stopped by the test');
  await eventually(() => !pids.some(isAlive) || undefined);
  expect(await contents(cacheDir)).toEqual({});
});

test('what a run leaves that is killed is not taken for complete, and the next run removes it', async () => {
  await using temporary = await temporaryDirectory();
  const go = join(temporary.path, 'go');
  const cacheDir = join(temporary.path, 'cache');
  const directory = assetsDirectory({}, cacheDir);
  const path = await stubGo(go, 'build_all; sleep 60');
  const program = join(import.meta.dirname, '../test/provide.ts');
  const child = spawn(process.execPath, [program, cacheDir], { stdio: 'inherit', env: { PATH: path } });
  const partial = await eventually(async () => {
    const [name] = await readdir(directory).catch(() => []);
    return name !== undefined && existsSync(join(directory, name, 'etcd')) ? name : undefined;
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  process.kill(-Number(await readFile(join(go, 'go.pid'), 'utf8')), 'SIGKILL'); // nobody else does
  expect(await readdir(directory)).toEqual([partial]);
  const { assets } = await provide({ cacheDir, path: await stubGo(go, 'build_all') });
  expect(assets.source).toBe('build');
  expect(await contents(cacheDir)).toEqual(BUILT);
});

test('a folder of a process whose pid now belongs to another one is removed', async () => {
  await using temporary = await temporaryDirectory();
  await using releases = await releaseServer('none');
  const directory = assetsDirectory({}, temporary.path);
  await mkdir(join(directory, `.partial-${process.pid}-1-abc`), { recursive: true });
  await provide({ cacheDir: temporary.path, mirror: releases.mirror });
  expect(await contents(temporary.path)).toEqual(RELEASED);
});
