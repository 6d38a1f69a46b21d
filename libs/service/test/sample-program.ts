// A program as an app's main.ts builds it: the integration tests start it as a process of its own.
import { createAccessGuard, createProcessMetrics, defineCommand, openProcessServer, runProgram } from '../src/index.ts';
import { connect, kubeconfigFile } from '@ocm/kube';
import { commonFlags } from '../src/index.ts';

const build = {
  major: '1',
  minor: '3',
  gitVersion: 'v1.3.0',
  gitCommit: 'a',
  gitTreeState: 'clean',
  buildDate: '2026',
};

const agent = defineCommand({
  name: 'agent',
  summary: 'serves until it is told to stop',
  flags: { ...commonFlags, stubborn: { name: 'stubborn', type: 'boolean', default: false, help: 'does not stop' } },
  async run(config, { signal, log, clock }) {
    const metrics = createProcessMetrics({ clock, namespace: config.namespace ?? 'default', build });
    const client =
      config.kubeconfig === undefined
        ? undefined
        : await connect(kubeconfigFile(config.kubeconfig), { userAgent: 'sample', signal });
    const guard =
      client === undefined ? () => Promise.resolve('forbidden' as const) : createAccessGuard({ client, clock });
    await using server = await openProcessServer({
      config,
      health: [],
      metrics: { source: metrics.source, guard },
      clock,
      log,
    });
    log.info({ port: server.port }, 'serving');
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await (config.stubborn ? new Promise(() => setInterval(() => undefined, 1000)) : stopped);
  },
});

process.exit(
  await runProgram({
    name: 'sample',
    summary: 'A sample.',
    version: 'v1',
    commands: [agent],
    argv: process.argv.slice(2),
    env: process.env,
    host: process,
  }),
);
