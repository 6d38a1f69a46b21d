import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Lease, Placement } from '@ocm/api';
import { aPlacement, freePort, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aCaller, ask } from './debug-lab.ts';
import { type PlacementLab, startPlacementLab, Tenant } from './placement-lab.ts';
import { type PlacementProcess, startPlacementProcess } from './placement-process.ts';

const PACKAGE = join(import.meta.dirname, '..');
const BUNDLE = join(PACKAGE, 'dist/placement.mjs');
const NAME = 'name="placement_scheduling"';
let lab: PlacementLab;

beforeAll(async () => {
  const bundler = join(PACKAGE, '../../tools/build/bundle.mjs');
  [lab] = await Promise.all([
    startPlacementLab(),
    promisify(execFile)(process.execPath, [bundler], { cwd: PACKAGE, env: process.env }),
  ]);
});
afterAll(async () => lab[Symbol.asyncDispose]());

async function startBuilt(
  ...args: readonly string[]
): Promise<{ readonly program: PlacementProcess; readonly port: number }> {
  const port = await freePort();
  const kubeconfig = `--kubeconfig=${lab.controlPlane.adminKubeconfigPath}`;
  const flags = [kubeconfig, '--namespace=hub', `--listen=127.0.0.1:${port}`, ...args.slice(1)];
  const program = startPlacementProcess([args[0] ?? '', ...flags], {}, BUNDLE);
  await until(async () => (await ask(port, '/healthz')).text === 'ok', {
    describe: `placement ${args[0]} is healthy`,
  });
  return { program, port };
}

function plugin(type: string, name: string): string {
  return `${NAME},plugin_type="${type}",plugin_name="${name}"`;
}

describe('the built program', () => {
  test('placement debug takes the flags of its container, answers, holds no lease and ends within 10 s of SIGTERM', async () => {
    const { program, port } = await startBuilt(
      'debug',
      '--disable-leader-election',
      '--tls-min-version=VersionTLS13',
      '-v=2',
    );
    await using _ = program;
    const token = await aCaller(lab, 'asker', { urls: ['get'], placements: { default: ['get'] } });
    await lab.admin.kind(Placement).create(aPlacement({ name: 'p' }), { signal: lab.signal });
    const answered = await until(
      async () => {
        const answer = await ask(port, '/debug/placements/default/p', { token });
        return answer.status === 200 ? answer.json() : undefined;
      },
      { describe: 'the debug server answers' },
    );
    expect(answered).toMatchObject({ placement: { metadata: { name: 'p' } } });
    const leases = lab.admin.kind(Lease).list({ namespace: 'hub', signal: lab.signal });
    for await (const { items } of leases) expect(items).toEqual([]);
    program.signal('SIGTERM');
    // After 10 s it would end with 1.
    expect(await program.ended).toBe(0);
    expect(program.output()).not.toMatch(/"level":"(warn|error)"/);
  });

  test('a bad flag ends placement debug with one line that names it', async () => {
    await using program = startPlacementProcess(['debug', '--feature-gates=X=true'], {}, BUNDLE);
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain('--feature-gates');
    expect(program.output().trim().split('\n')).toHaveLength(1);
  });

  test('[placement 73] placement controller measures scheduling, for those who may get its metrics', async () => {
    const { program, port } = await startBuilt('controller', '--disable-leader-election');
    await using _ = program;
    const t = await Tenant.withSet(lab, 'measured');
    await t.addClusters(['c1']);
    await t.place('p', {
      predicates: [{ requiredClusterSelector: { labelSelector: { matchLabels: {} } } }],
    });
    await t.decides('p', ['c1']);
    expect((await ask(port, '/metrics')).status).toBe(401);
    const curious = await aCaller(lab, 'curious');
    expect((await ask(port, '/metrics', { token: curious })).status).toBe(403);
    const token = await aCaller(lab, 'prometheus', { metrics: true });
    const { text } = await ask(port, '/metrics', { token });
    const samples = [
      ['scheduling_scheduling_duration_seconds', NAME],
      ['scheduling_bind_duration_seconds', NAME],
      ['scheduling_cel_runtime_duration_seconds', NAME],
      ['scheduling_plugin_duration_seconds', plugin('filter', 'Predicate')],
      ['scheduling_plugin_duration_seconds', plugin('filter', 'TaintToleration')],
      ['scheduling_plugin_duration_seconds', plugin('prioritizer', 'Balance')],
      ['scheduling_plugin_duration_seconds', plugin('prioritizer', 'Steady')],
    ] as const;
    const countOf = (metric: string, labels: string): number =>
      Number(text.split(`${metric}_count{${labels}} `)[1]?.split('\n')[0]);
    expect(samples.filter(([metric, labels]) => !(countOf(metric, labels) > 0))).toEqual([]);
    expect(text).toContain(`scheduling_plugin_duration_seconds_bucket{le="9.999999999999999e-06",${NAME},`);
    expect(text).toMatch(/^workqueue_adds_total\{name="SchedulingController"\} [1-9]/m);
    expect(text).toContain('hub_build_info{');
    expect((await ask(port, '/version')).status).toBe(401);
    program.signal('SIGTERM');
    expect(await program.ended).toBe(0);
  });
});
