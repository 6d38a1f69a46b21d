import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { silentLogger, systemClock } from '@ocm/kube';
import { createCertificateAuthority, issueKeyAndCertificate } from '@ocm/pki';
import { parseFlags } from '@ocm/service';
import type { AgentContext } from '../agent-context.ts';
import { agentFlags } from '../agent-flags.ts';
import { buildHubKubeconfig } from '../credential/hub-kubeconfig.ts';
import { defaultIntervals } from '../intervals.ts';
import { csrDriver } from './csr-driver.ts';

const NAMES = { cluster: 'c1', agent: 'a1' };
const { signal } = new AbortController();

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'csr-driver-'));
});
afterEach(async () => rm(directory, { recursive: true }));

function contextOf(...argv: readonly string[]): AgentContext {
  const outcome = parseFlags(agentFlags, argv, { name: 'registration agent', summary: '' });
  if (outcome.kind !== 'config') throw new Error('help was not asked for');
  return {
    settings: outcome.config,
    namespace: 'agent',
    instance: 'agent-0',
    intervals: defaultIntervals,
    clock: systemClock,
    random: () => 0.5,
    log: silentLogger,
    metrics: undefined,
    eventMetrics: undefined,
    rateLimit: undefined,
    proxy: undefined,
    awsCommand: '',
  };
}

test('certificate and key of a hub kubeconfig are those beside it, wherever the credential is written to', async () => {
  const now = new Date();
  const notAfter = new Date(now.getTime() + 3_600_000);
  const ca = await createCertificateAuthority({ commonName: 'ca', validityMs: 3_600_000, now });
  const pair = await issueKeyAndCertificate(ca, { commonName: 'x', usages: ['client'], notBefore: now, notAfter });
  await writeFile(join(directory, 'tls.crt'), pair.certificatePem);
  await writeFile(join(directory, 'tls.key'), pair.privateKeyPem);
  const hub = {
    entry: 'hub',
    server: 'https://127.0.0.1:1',
    proxyUrl: undefined,
    caFile: undefined,
    caData: undefined,
  };
  const driver = csrDriver(
    contextOf(`--hub-kubeconfig-dir=${directory}/absent`, `--hub-kubeconfig=${directory}/kubeconfig`),
    '/bootstrap',
  );
  await using joined = await driver.connectJoined(buildHubKubeconfig(hub, driver.kubeconfigUser), NAMES, signal);
  // Nobody listens there; had the pair not been found, it would not have come that far.
  await expect(joined.clusters.find('c1', { signal })).rejects.toMatchObject({ code: 'unavailable' });
});
