import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Supervisor, until } from '@ocm/testing';

// moto acts as IAM and STS; its server needs flask. botocore, which comes with it, has the models of all AWS services.
const PACKAGES = ['moto==5.2.5', 'flask==3.1.2', 'flask-cors==6.0.1'] as const;
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ocm');
const ENVIRONMENT = join(CACHE, `moto-${PACKAGES[0].split('==')[1] ?? ''}`);

/** Why there is no moto here; `undefined` when there is, or can be. */
export function motoProblem(): string | undefined {
  if (existsSync(ENVIRONMENT)) return undefined;
  const { status, error } = spawnSync('python3', ['-c', 'import ensurepip, venv']);
  return status === 0 ? undefined : `python3 with venv is missing (${error?.message ?? `exit code ${status}`})`;
}

/** Installs moto in the user's cache on first use, which takes a minute or two. */
async function motoEnvironment(): Promise<string> {
  if (existsSync(ENVIRONMENT)) return ENVIRONMENT;
  await mkdir(CACHE, { recursive: true });
  const building = `${ENVIRONMENT}-${process.pid}`;
  try {
    runOrThrow('python3', ['-m', 'venv', building]);
    runOrThrow(join(building, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
    // Somebody else may have been faster.
    if (!existsSync(ENVIRONMENT)) await rename(building, ENVIRONMENT);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return ENVIRONMENT;
}

function runOrThrow(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status}: ${stderr}`);
}

/** IAM and STS on 127.0.0.1. */
export interface Moto {
  readonly url: string;
  /** Gzipped JSON with the API of EKS. */
  readonly eksModel: string;
}

export async function startMoto(supervisor: Supervisor): Promise<Moto> {
  const environment = await motoEnvironment();
  const port = await freePort();
  const logFile = join(await supervisor.makeDirectory('ocm-moto-'), 'log');
  // By its interpreter: scripts of an environment that was moved name the old place.
  const args = ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)];
  supervisor.start(join(environment, 'bin/python3'), { args, logFile });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/moto-api/`)).ok, { describe: 'moto serves', deadlineMs: 40_000 });
  const [python = ''] = await readdir(join(environment, 'lib'));
  const eksModel = `${environment}/lib/${python}/site-packages/botocore/data/eks/2017-11-01/service-2.json.gz`;
  return { url, eksModel };
}
