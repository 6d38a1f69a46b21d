import { parseArgs } from 'node:util';
import { CONTROL_PLANE_BINARIES, KUBE_BINARIES, type KubeBinary, KUBERNETES_VERSION } from './binaries.ts';
import { KubeAssetsError } from './error.ts';
import { displayProgress } from './progress-display.ts';
import { provideKubeAssets } from './provide.ts';

const USAGE = `usage: node src/main.ts [--binaries NAME,...] [--print]

Provides binaries of Kubernetes ${KUBERNETES_VERSION}: from $OCM_KUBE_ASSETS, the user's cache, a download or a build with Go.

  --binaries  of ${KUBE_BINARIES.join(', ')};
              default ${CONTROL_PLANE_BINARIES.join(', ')}
  --print     print the directory and nothing else`;

/** Exit status: 0 provided, 1 could not, 2 wrong usage, 130 interrupted. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.kind === 'usage') {
    if (options.problem === undefined) console.log(USAGE);
    else console.error(`${options.problem}\n\n${USAGE}`);
    return options.problem === undefined ? 0 : 2;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const display = displayProgress(process.stderr, () => performance.now());
  try {
    const { binaries } = options;
    const request = { binaries, env: process.env, signal: stop.signal, progress: display.show };
    const assets = await provideKubeAssets(request);
    display.end();
    console.log(options.print ? assets.directory : `${binaries.join(', ')} in ${assets.directory} (${assets.source})`);
    return 0;
  } catch (error) {
    display.end();
    if (stop.signal.aborted) return 130;
    console.error(error instanceof KubeAssetsError ? error.message : error);
    return 1;
  }
}

type Options =
  | { readonly kind: 'provide'; readonly binaries: readonly KubeBinary[]; readonly print: boolean }
  | { readonly kind: 'usage'; readonly problem: string | undefined };

function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { binaries: { type: 'string' }, print: { type: 'boolean' }, help: { type: 'boolean' } },
    });
    if (values.help === true) return { kind: 'usage', problem: undefined };
    const names = values.binaries?.split(',') ?? CONTROL_PLANE_BINARIES;
    const unknown = names.filter((name) => !isBinary(name));
    if (unknown.length === 0) {
      return { kind: 'provide', binaries: names.filter(isBinary), print: values.print === true };
    }
    const allowed = KUBE_BINARIES.join(', ');
    return { kind: 'usage', problem: `--binaries: "${unknown.join(',')}" is not known; allowed: ${allowed}` };
  } catch (error) {
    return { kind: 'usage', problem: error instanceof Error ? error.message : String(error) };
  }
}

function isBinary(name: string): name is KubeBinary {
  return KUBE_BINARIES.some((known) => known === name);
}

process.exitCode = await main(process.argv.slice(2));
