import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, until } from '@ocm/testing';
import { BUNDLES, type DriverSettings, type KnownWork } from './grpc/driver-protocol.ts';
import { type GrpcStage, openStage } from './grpc/grpc-stage.ts';
import { type Driver, startDriver } from './grpc/start-driver.ts';
import { inParallel } from './raw-client.ts';
import type { Figure } from './report.ts';

const CLUSTERS = 50;
const WORKS_PER_CLUSTER = 40;
const WORKS = CLUSTERS * WORKS_PER_CLUSTER;
const ROUNDS = 3;
/** Each agent waits for the answer before it publishes again. */
const IN_FLIGHT = 1;
const CONNECTED_WITHIN_MS = 60_000;
const WORKS_PATH = '/apis/work.open-cluster-management.io/v1/namespaces';
const suite = 'grpc-events';

/** Statuses through the server against raw patches of the same statuses; works to agents against a raw server of the same bytes. */
export async function benchGrpcEvents(say: (text: string) => void): Promise<readonly Figure[]> {
  await using stage = await openStage(CLUSTERS);
  const names = Array.from({ length: CLUSTERS }, (_, index) => `cluster-${index}`);
  say(`${CLUSTERS} clusters with ${WORKS_PER_CLUSTER} works each ...`);
  await stage.addClusters(names, WORKS_PER_CLUSTER);
  const works = await stage.works();
  const server = await stage.startServer('grpc-server');
  await using driver = startDriver();
  const settings = { ca: stage.caPem, identities: stage.identities, clusters: names, haveWorks: true };
  await connect(driver, { ...settings, url: server.url });
  say('works to the agents ...');
  const ours = await best(() => driver.call('resyncAll', { expectedEvents: WORKS }));
  const sample = await driver.call('sample');
  say('statuses through the server ...');
  // The first status of a work also brings the finalizer.
  await publish(driver, works, 'first');
  const statuses = await best((round) => publish(driver, works, `ours-${round}`));
  await server.process.kill();

  say('the same by raw patches ...');
  const patches = await best((round) => patchAll(stage, works, `raw-${round}`));
  say('the same bytes from a raw server ...');
  await using rawDriver = startDriver();
  await connect(rawDriver, { ...settings, url: await startRawServer(stage, sample) });
  const raw = await best(() => rawDriver.call('resyncAll', { expectedEvents: WORKS }));
  return [
    { suite, name: 'status events through the server', ...perSecond(statuses) },
    { suite, name: 'raw patches of the same statuses', ...perSecond(patches) },
    { suite, name: 'statuses against raw patches', value: patches / statuses, unit: 'x', goal: '>= 0.5' },
    { suite, name: 'works to agents', ...perSecond(ours) },
    { suite, name: 'the same bytes from a raw server', ...perSecond(raw) },
    { suite, name: 'works against the raw server', value: raw / ours, unit: 'x', goal: '>= 0.5' },
    { suite, name: 'size of a work on the wire', value: sample.length, unit: 'bytes' },
  ];
}

async function connect(
  driver: Driver,
  settings: Omit<DriverSettings, 'clustersPerConnection' | 'dataTypes'>,
): Promise<void> {
  await driver.call('start', { ...settings, clustersPerConnection: 1, dataTypes: [BUNDLES] });
  await driver.call('connect', { deadlineMs: CONNECTED_WITHIN_MS });
}

async function best(job: (round: number) => Promise<number>): Promise<number> {
  const runs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) runs.push(await job(round));
  return Math.min(...runs);
}

function publish(driver: Driver, works: readonly KnownWork[], text: string): Promise<number> {
  return driver.call('publishStatuses', { works, text, inFlight: IN_FLIGHT });
}

async function patchAll({ raw }: GrpcStage, works: readonly KnownWork[], text: string): Promise<number> {
  const begin = performance.now();
  await inParallel(works, ({ cluster, name, generation }) => {
    const condition = { status: 'True', reason: 'Bench', message: text, observedGeneration: generation };
    const conditions = ['Applied', 'Available'].map((type) => ({
      type,
      ...condition,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    }));
    return raw.send('PATCH', `${WORKS_PATH}/${cluster}/manifestworks/${name}/status`, { status: { conditions } });
  });
  return performance.now() - begin;
}

async function startRawServer({ supervisor, directory, serving }: GrpcStage, sample: Uint8Array): Promise<string> {
  const message = join(directory, 'message');
  await writeFile(message, sample);
  const port = await freePort();
  const script = join(import.meta.dirname, 'grpc/raw-event-server.ts');
  const files = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => join(serving, name));
  const logFile = join(directory, 'raw-server.log');
  const args = [script, String(port), ...files, message, String(WORKS_PER_CLUSTER)];
  supervisor.start(process.execPath, { args, logFile });
  const url = `https://127.0.0.1:${port}`;
  await until(
    () =>
      fetch(url).then(
        () => true,
        (error: unknown) => !String((error as Error).cause).includes('ECONNREFUSED'),
      ),
    {
      describe: 'the raw server listens',
    },
  );
  return url;
}

function perSecond(ms: number): Pick<Figure, 'value' | 'unit'> {
  return { value: (WORKS / ms) * 1000, unit: '/s' };
}
