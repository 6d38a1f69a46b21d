import { isNativeError } from 'node:util/types';
import { goPlatform, type KubeBinary } from './binaries.ts';
import { buildBinaries, GO_MODULE } from './build.ts';
import { takePartialDirectory } from './cache.ts';
import { downloadBinaries, type Mirror, OFFICIAL_MIRROR } from './download.ts';
import { KubeAssetsError } from './error.ts';
import {
  assetsIn,
  ASSETS_VARIABLE,
  type KubeAssets,
  locateKubeAssets,
  type LocateRequest,
  missingIn,
} from './locate.ts';
import type { Progress } from './progress.ts';

const CONNECT_TIMEOUT_MS = 5000;
const STALL_TIMEOUT_MS = 20_000;

export interface ProvideOptions<B extends KubeBinary = KubeBinary> extends LocateRequest<B> {
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  /** Default: dl.k8s.io and etcd's releases on GitHub. */
  readonly mirror?: Mirror;
  /** Time to the first byte of an answer; default 5 s. */
  readonly connectTimeoutMs?: number;
  /** Longest time without a byte; default 20 s. */
  readonly stallTimeoutMs?: number;
  /** Folder with go.mod and go.sum; default the one of this package. */
  readonly moduleDirectory?: string;
}

/**
 * Makes sure that the binaries are there, in this order: the directory of `OCM_KUBE_ASSETS`, the user's cache, the
 * official downloads, a build from Go modules. What was downloaded or built is in the cache afterwards. A run that is
 * interrupted, however, leaves no half-made binary in the cache, and runs beside each other do the work once.
 *
 * @throws KubeAssetsError that says of each step why it failed and what to do
 * @throws the signal's reason when it fires
 */
export async function provideKubeAssets<B extends KubeBinary>(options: ProvideOptions<B>): Promise<KubeAssets<B>> {
  const { binaries, signal } = options;
  const located = await locateKubeAssets(options);
  if (located.kind === 'found') return located.assets;
  const { directory } = located;
  signal.throwIfAborted();
  const partial = await takePartialDirectory(directory, options);
  try {
    const missing = await missingIn(directory, binaries);
    if (missing.length === 0) return assetsIn(directory, binaries, 'cache'); // another process was at it
    const source = await obtain(missing, partial.path, options);
    for (const binary of missing) await partial.install(binary);
    return assetsIn(directory, binaries, source);
  } finally {
    await partial.remove();
  }
}

async function obtain(
  binaries: readonly KubeBinary[],
  into: string,
  options: ProvideOptions,
): Promise<'download' | 'build'> {
  const { mirror = OFFICIAL_MIRROR, moduleDirectory = GO_MODULE, signal, progress } = options;
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, stallTimeoutMs = STALL_TIMEOUT_MS } = options;
  const platform = goPlatform(process.platform, process.arch);
  const common = { ...options, binaries, into, mirror, moduleDirectory, platform, connectTimeoutMs, stallTimeoutMs };
  const downloadFailure = await attempt(() => downloadBinaries(common), signal);
  if (downloadFailure === undefined) return 'download';
  progress({ kind: 'download-failed', reason: downloadFailure.message });
  const buildFailure = await attempt(() => buildBinaries(common), signal);
  if (buildFailure === undefined) return 'build';
  throw new KubeAssetsError(explain(binaries, downloadFailure, buildFailure), {
    cause: new AggregateError([downloadFailure, buildFailure]),
  });
}

/** The error that it ended with. An abort is none of its own. */
async function attempt(run: () => Promise<void>, signal: AbortSignal): Promise<Error | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return isNativeError(error) ? error : new Error(String(error));
  }
}

function explain(binaries: readonly KubeBinary[], download: Error, build: Error): string {
  return [
    `cannot provide ${binaries.join(', ')}:`,
    `- ${ASSETS_VARIABLE} is not set, and the cache does not have them`,
    `- download: ${download.message}`,
    `- build: ${build.message}`,
    'Do one of these and run it again:',
    `- put the binaries into a directory and set ${ASSETS_VARIABLE} to it`,
    '- allow HTTPS to dl.k8s.io and github.com',
    '- install Go 1.21 or newer (https://go.dev/dl) and allow it to reach a module proxy (GOPROXY)',
  ].join('\n');
}
