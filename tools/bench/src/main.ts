import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchAgents } from './agents-bench.ts';
import { benchGrpcEvents } from './grpc-events-bench.ts';
import { benchGrpcFleet } from './grpc-fleet-bench.ts';
import { type BenchRecord, type Figure, recordOf, renderReport } from './report.ts';
import { benchPlacement } from './placement-bench.ts';
import { benchRegistrationFleet } from './registration-fleet-bench.ts';
import { benchRegistrationHeartbeat } from './registration-heartbeat-bench.ts';
import { benchReplicaSets } from './replicaset-bench.ts';
import { benchRotation } from './rotation-bench.ts';
import { benchPlacementInMemory } from './placement-memory-bench.ts';
import { benchRuntime } from './runtime-bench.ts';
import { benchWorkDelivery } from './work-bench.ts';
import { benchWorkDrivers } from './work-grpc-bench.ts';
import { benchWorkDelete, benchWorkDrift, benchWorkIdle, benchWorkUpdate } from './work-life-bench.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
const RECORD = join(DOCS, 'benchmarks.json');
const PAGE = join(DOCS, 'benchmarks.md');
const MARK = '<!-- recorded by npm run bench -- --record -->';
const GIB = 1024 ** 3;
const SUITES = {
  runtime: benchRuntime,
  'work-deliver': benchWorkDelivery,
  'work-idle': benchWorkIdle,
  'work-drift': benchWorkDrift,
  'work-update': benchWorkUpdate,
  'work-delete': benchWorkDelete,
  'work-grpc': benchWorkDrivers,
  agents: benchAgents,
  placement: benchPlacement,
  'placement-cpu': benchPlacementInMemory,
  replicaset: benchReplicaSets,
  'registration-fleet': benchRegistrationFleet,
  'registration-heartbeat': benchRegistrationHeartbeat,
  rotation: benchRotation,
  'grpc-fleet': benchGrpcFleet,
  'grpc-events': benchGrpcEvents,
} as const;
type Suite = keyof typeof SUITES;

const HELP = `Measures this product and, in the same run, a raw client that does only what cannot be avoided.

Usage: npm run bench                                              all suites, on bundles built anew
       npm run bench -w @ocm/bench -- [--record] [SUITE ...]      these suites, on the bundles that exist

Suites: ${Object.keys(SUITES).join(', ')}

  --record   keep the figures in docs/benchmarks.md and docs/benchmarks.json
  --help     this text
`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const record = args.includes('--record');
  const wanted = args.filter((arg) => arg !== '--record');
  const unknown = wanted.find((name) => !isSuite(name));
  if (unknown !== undefined) {
    console.error(`unknown suite or option "${unknown}"\n\n${HELP}`);
    return 1;
  }
  const names = wanted.filter(isSuite);
  const figures: Figure[] = [];
  for (const name of names.length > 0 ? names : (Object.keys(SUITES) as Suite[])) {
    console.log(`${name}:`);
    figures.push(...(await SUITES[name]((text) => console.log(`  ${text}`))));
  }
  const recorded = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / GIB)} GiB, Node ${process.version}`;
  const previous = await readRecord();
  console.log(`\n${renderReport(recordOf(figures, { recorded, machine }), previous)}`);
  if (record) {
    const kept = recordOf(figures, { recorded, machine }, previous);
    await keep(kept, renderReport(kept, previous));
  }
  return 0;
}

function isSuite(name: string): name is Suite {
  return Object.hasOwn(SUITES, name);
}

async function readRecord(): Promise<BenchRecord | undefined> {
  try {
    return JSON.parse(await readFile(RECORD, 'utf8')) as BenchRecord;
  } catch {
    return undefined;
  }
}

async function keep(record: BenchRecord, report: string): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  await writeFile(PAGE, `${page.slice(0, page.indexOf(MARK) + MARK.length)}\n\n${report}`);
  await writeFile(RECORD, `${JSON.stringify(record, undefined, 2)}\n`);
}

process.exitCode = await main(process.argv.slice(2));
