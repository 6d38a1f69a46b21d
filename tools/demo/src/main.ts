import { CONTROL_PLANE_BINARIES, displayProgress, provideKubeAssets } from '@ocm/kube-assets';
import { demo } from './demo.ts';
import { failureText } from './failure-text.ts';
import { screen } from './screen.ts';

const HELP = `A hub and two managed clusters on this machine, joined, with work delivered to both; drift that is healed, and a rollout.

Usage: npm run demo [-- [--once] [--grpc]]

  --once   delete everything at the end, show the pruning, and exit
  --grpc   also a third cluster, whose agents have no way to the hub's API: they reach a gRPC server
  --help   this text

Examples:
  npm run demo              # stays until Ctrl-C; prints kubeconfigs and commands to try
  npm run demo -- --once    # for a quick look, and for CI
  npm run demo -- --grpc    # with a cluster that joins and works by gRPC alone
`;

const FLAGS = ['--once', '--grpc', '--help'];

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => !FLAGS.includes(arg));
  if (unknown !== undefined) {
    console.error(`unknown argument "${unknown}"; allowed: ${FLAGS.join(', ')}`);
    return 1;
  }
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => (stop.signal.aborted ? process.exit(1) : stop.abort()));
  }
  try {
    await provideBinaries(stop.signal);
    await demo({
      once: args.includes('--once'),
      grpc: args.includes('--grpc'),
      screen: screen(process.stdout),
      signal: stop.signal,
    });
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    console.error(failureText(error));
    return 1;
  }
}

/** The first run downloads or builds them, for minutes; later ones find them in the user's cache. */
async function provideBinaries(signal: AbortSignal): Promise<void> {
  const display = displayProgress(process.stdout, () => performance.now());
  try {
    await provideKubeAssets({
      binaries: CONTROL_PLANE_BINARIES,
      env: process.env,
      signal,
      progress: display.show,
    });
  } finally {
    display.end();
  }
}

process.exitCode = await main(process.argv.slice(2));
