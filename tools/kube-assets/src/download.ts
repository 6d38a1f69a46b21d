import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { ETCD_VERSION, KUBERNETES_VERSION, type KubeBinary, type Platform } from './binaries.ts';
import type { Progress } from './progress.ts';

/** Where releases are published; tests put a server of their own here. */
export interface Mirror {
  /** `<base>/v1.35.4/bin/linux/amd64/kube-apiserver` and the same with `.sha256`. */
  readonly kubernetes: string;
  /** `<base>/v3.6.5/etcd-v3.6.5-linux-amd64.tar.gz` and `<base>/v3.6.5/SHA256SUMS`. */
  readonly etcd: string;
}

export const OFFICIAL_MIRROR: Mirror = {
  kubernetes: 'https://dl.k8s.io',
  etcd: 'https://github.com/etcd-io/etcd/releases/download',
};

export interface DownloadOptions {
  readonly binaries: readonly KubeBinary[];
  /** Folder to put them into. */
  readonly into: string;
  readonly platform: Platform;
  readonly mirror: Mirror;
  readonly connectTimeoutMs: number;
  /** Longest time without a single byte. */
  readonly stallTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/**
 * Downloads the binaries side by side and checks them against the published SHA-256 sums.
 *
 * @throws Error that names the address and what was wrong; nothing usable is left in `into` then
 */
export async function downloadBinaries(options: DownloadOptions): Promise<void> {
  const { platform, binaries } = options;
  if (platform.os !== 'linux') throw new Error(`no official binaries of a control plane for ${platform.os}`);
  const others = new AbortController();
  const signal = AbortSignal.any([options.signal, others.signal]);
  const downloads = binaries.map(async (binary) => {
    try {
      await (binary === 'etcd' ? downloadEtcd({ ...options, signal }) : downloadKube(binary, { ...options, signal }));
    } catch (error) {
      others.abort(error); // the rest need not go on; a later failure does not change the reason
    }
  });
  await Promise.all(downloads);
  others.signal.throwIfAborted();
}

async function downloadKube(binary: KubeBinary, options: DownloadOptions): Promise<void> {
  const { mirror, platform, into } = options;
  const url = `${mirror.kubernetes}/v${KUBERNETES_VERSION}/bin/${platform.os}/${platform.arch}/${binary}`;
  const sum = (await fetchText(`${url}.sha256`, options)).trim();
  await fetchFile(url, { ...options, binary, sum, path: join(into, binary) });
}

async function downloadEtcd(options: DownloadOptions): Promise<void> {
  const { mirror, platform, into, signal } = options;
  const release = `${mirror.etcd}/v${ETCD_VERSION}`;
  const folder = `etcd-v${ETCD_VERSION}-${platform.os}-${platform.arch}`;
  const sums = await fetchText(`${release}/SHA256SUMS`, options);
  const sum = sums
    .split('\n')
    .find((line) => line.endsWith(` ${folder}.tar.gz`))
    ?.split(' ')[0];
  if (sum === undefined) throw new Error(`${release}/SHA256SUMS does not list ${folder}.tar.gz`);
  const archive = join(into, 'etcd.tar.gz');
  await fetchFile(`${release}/${folder}.tar.gz`, { ...options, binary: 'etcd', sum, path: archive });
  const tar = spawn('tar', ['-xzf', archive, '-C', into, '--strip-components=1', `${folder}/etcd`], {
    stdio: 'ignore',
    signal,
  });
  const [code] = (await once(tar, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`tar cannot unpack ${folder}/etcd from ${release}/${folder}.tar.gz`);
  await rm(archive);
}

async function fetchText(url: string, options: DownloadOptions): Promise<string> {
  const chunks: Uint8Array[] = [];
  await fetchChunks(url, { ...options, onChunk: async (chunk) => void chunks.push(chunk) });
  return Buffer.concat(chunks).toString();
}

interface FileDownload extends DownloadOptions {
  readonly binary: KubeBinary;
  readonly sum: string;
  readonly path: string;
}

async function fetchFile(url: string, options: FileDownload): Promise<void> {
  const { binary, sum, path, progress } = options;
  const hash = createHash('sha256');
  const loading = `${path}.loading`;
  let receivedBytes = 0;
  const file = await open(loading, 'w');
  try {
    await fetchChunks(url, {
      ...options,
      async onChunk(chunk, totalBytes) {
        hash.update(chunk);
        await file.writeFile(chunk);
        receivedBytes += chunk.length;
        progress({ kind: 'downloading', binary, receivedBytes, totalBytes });
      },
    });
  } finally {
    await file.close();
  }
  const got = hash.digest('hex');
  if (got !== sum) throw new Error(`${url}: its SHA-256 is ${got}, but ${sum} is published`);
  await rename(loading, path);
}

interface ChunkConsumer extends DownloadOptions {
  readonly onChunk: (chunk: Uint8Array, totalBytes: number | undefined) => Promise<void>;
}

async function fetchChunks(url: string, options: ChunkConsumer): Promise<void> {
  const { signal, connectTimeoutMs, stallTimeoutMs, onChunk } = options;
  const stalled = new AbortController();
  const giveUp = (afterMs: number, why: string): NodeJS.Timeout =>
    setTimeout(() => stalled.abort(new Error(`${why} within ${afterMs / 1000} s`)), afterMs);
  let timer = giveUp(connectTimeoutMs, 'no answer');
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, stalled.signal]) });
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
    const length = answer.headers.get('content-length');
    for await (const chunk of answer.body) {
      clearTimeout(timer);
      await onChunk(chunk, length === null ? undefined : Number(length));
      timer = giveUp(stallTimeoutMs, 'no more bytes');
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`${url}: ${reasonOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` says "fetch failed" or "terminated" and has the reason as its cause. */
function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  return isNativeError(error.cause) ? `${error.message} (${error.cause.message})` : error.message;
}
