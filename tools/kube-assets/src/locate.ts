import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { cacheKey, goPlatform, type KubeBinary } from './binaries.ts';
import { KubeAssetsError } from './error.ts';

/** Environment variable that names a directory with ready binaries and turns off everything else. */
export const ASSETS_VARIABLE = 'OCM_KUBE_ASSETS';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where binaries lie. */
export interface KubeAssets<B extends KubeBinary = KubeBinary> {
  readonly directory: string;
  /** How they came there in this run. */
  readonly source: 'environment' | 'cache' | 'download' | 'build';
  /** Absolute path of each binary that was asked for. */
  readonly paths: Readonly<Record<B, string>>;
}

/** What a look at the places on disk found. */
export type Located<B extends KubeBinary = KubeBinary> =
  { readonly kind: 'found'; readonly assets: KubeAssets<B> } | { readonly kind: 'missing'; readonly directory: string };

export interface LocateRequest<B extends KubeBinary = KubeBinary> {
  readonly binaries: readonly B[];
  readonly env: Environment;
  /** Folder of the user's cache; default `$XDG_CACHE_HOME` or `~/.cache`. */
  readonly cacheDir?: string | undefined;
}

/**
 * Looks for the binaries in the directory of `OCM_KUBE_ASSETS` or else in the user's cache; takes about a millisecond.
 *
 * @throws KubeAssetsError when the variable names a directory that lacks one of them
 */
export async function locateKubeAssets<B extends KubeBinary>({
  binaries,
  env,
  cacheDir,
}: LocateRequest<B>): Promise<Located<B>> {
  const named = env[ASSETS_VARIABLE];
  if (named !== undefined && named !== '') {
    const directory = resolve(named);
    const missing = await missingIn(directory, binaries);
    if (missing.length > 0) {
      throw new KubeAssetsError(
        `${ASSETS_VARIABLE}=${named}: the directory has no executable ${missing.join(', ')}. ` +
          `Put it there, or unset the variable to have it downloaded or built.`,
      );
    }
    return { kind: 'found', assets: assetsIn(directory, binaries, 'environment') };
  }
  const directory = assetsDirectory(env, cacheDir);
  const missing = await missingIn(directory, binaries);
  return missing.length > 0
    ? { kind: 'missing', directory }
    : { kind: 'found', assets: assetsIn(directory, binaries, 'cache') };
}

/** The cache folder of this version and platform, which may not exist yet. */
export function assetsDirectory(env: Environment, cacheDir?: string): string {
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG base directory specification: relative paths are invalid and to be ignored.
  const root = cacheDir ?? (xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'));
  return join(root, 'ocm', 'kube-assets', cacheKey(goPlatform(process.platform, process.arch)));
}

export function assetsIn<B extends KubeBinary>(
  directory: string,
  binaries: readonly B[],
  source: KubeAssets['source'],
): KubeAssets<B> {
  const paths = Object.fromEntries(binaries.map((binary) => [binary, join(directory, binary)]));
  return { directory, source, paths: paths as Record<B, string> };
}

export async function missingIn(directory: string, binaries: readonly KubeBinary[]): Promise<KubeBinary[]> {
  const present = await Promise.all(
    binaries.map((binary) =>
      access(join(directory, binary), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return binaries.filter((_, index) => present[index] === false);
}
