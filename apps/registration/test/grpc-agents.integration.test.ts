import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ManifestWork } from '@ocm/api';
import { eventClient, grpcTransport } from '@ocm/cloudevents';
import { type Clock, systemClock } from '@ocm/kube';
import { issueKeyAndCertificate } from '@ocm/pki';
import { aManifestWork, type ControlPlane, freePort, startControlPlane, until } from '@ocm/testing';
import { type GrpcLab, startGrpcLab } from './grpc-lab.ts';
import { startRelay } from './grpc-relay.ts';

const DAY_MS = 86_400_000;
/** How much faster than an agent's own clock this one runs. */
const HASTE = 20;

let controlPlane: ControlPlane;
let lab: GrpcLab;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  lab = await startGrpcLab(controlPlane);
});
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
  await controlPlane?.stop();
});

/** Waits are short; the time of day is not touched. */
const hasty: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms / HASTE, signal),
  schedule: (ms, run, options) => systemClock.schedule(ms / HASTE, run, options),
};

async function createWork(cluster: string, name: string): Promise<void> {
  await lab.admin.kind(ManifestWork).create(aManifestWork({ name, namespace: cluster }), { signal: lab.signal });
}

/** What an agent of the cluster has of its works. */
async function startAgent(
  cluster: string,
  options: {
    readonly port: number;
    readonly withCertificate: boolean;
    readonly healthinessMs?: number;
    readonly clock?: Clock;
  },
) {
  const path = (name: string): string => join(lab.directory, `${cluster}-${name}`);
  const pair = await lab.clusterCertificate(cluster);
  await writeFile(path('tls.crt'), pair.certificatePem);
  await writeFile(path('tls.key'), pair.privateKeyPem);
  const lines = [
    `url: 127.0.0.1:${options.port}`,
    `caFile: ${lab.caFile}`,
    // An authority alone does not make a client speak TLS; the relay does not look at the token.
    ...(options.withCertificate
      ? [`clientCertFile: ${path('tls.crt')}`, `clientKeyFile: ${path('tls.key')}`]
      : ['token: relayed']),
    ...(options.healthinessMs === undefined ? [] : [`serverHealthinessTimeout: ${options.healthinessMs}ms`]),
  ];
  await writeFile(path('config.yaml'), lines.join('\n'));
  const clock = options.clock ?? systemClock;
  const transport = await grpcTransport(path('config.yaml'), { clock });
  const client = eventClient({
    transport,
    clusterName: cluster,
    sourceId: `${cluster}-work-agent`,
    kinds: [ManifestWork],
    clock,
  });
  const stopping = new AbortController();
  const running = client.run(stopping.signal);
  const works = async (): Promise<readonly string[]> => {
    const names: string[] = [];
    for await (const page of client.kind(ManifestWork).list({ namespace: cluster, signal: stopping.signal })) {
      names.push(...page.items.map(({ metadata }) => metadata.name));
    }
    return names.toSorted();
  };
  const holds = (...names: readonly string[]): Promise<unknown> =>
    until(async () => JSON.stringify(await works()) === JSON.stringify(names), {
      describe: `the agent holds ${names.join()}`,
    });
  return {
    client,
    works,
    holds,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
      await transport[Symbol.asyncDispose]();
    },
  };
}

async function startRelayAs(cluster: string, upstream: string) {
  const serving = await issueKeyAndCertificate(lab.ca, {
    commonName: 'relay',
    usages: ['server'],
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    notBefore: new Date(Date.now() - DAY_MS / 24),
    notAfter: new Date(Date.now() + DAY_MS),
  });
  return startRelay({ upstream, caPem: lab.ca.certificatePem, serving, client: await lab.clusterCertificate(cluster) });
}

describe('agents', () => {
  test('[cloudevents-grpc 62] reconnect to a server that was restarted, and learn what has changed meanwhile', async () => {
    await lab.admitCluster('restarted');
    const port = await freePort();
    const first = await lab.startServer({ port });
    await using agent = await startAgent('restarted', { port, withCertificate: true, clock: hasty });
    await createWork('restarted', 'a');
    await agent.holds('a');
    await first.stop();
    await createWork('restarted', 'b');
    await lab.admin.kind(ManifestWork).delete({ namespace: 'restarted', name: 'a' }, { signal: lab.signal });
    expect(await agent.works()).toEqual(['a']);
    await using _second = await lab.startServer({ port });
    await until(async () => (await agent.works()).includes('b'), { describe: 'the work that was made meanwhile' });
  });

  test('[cloudevents-grpc 14] that hear no heartbeats reconnect and resync, and stay once heartbeats come', async () => {
    await lab.admitCluster('unheard');
    await using server = await lab.startServer({ heartbeatMs: 500 });
    await using relay = await startRelayAs('unheard', server.address);
    relay.swallowsHeartbeats = true;
    await createWork('unheard', 'a');
    await using agent = await startAgent('unheard', {
      port: relay.port,
      withCertificate: false,
      healthinessMs: 3000 * HASTE,
      clock: hasty,
    });
    await agent.holds('a');
    await until(() => relay.subscriptions >= 3, { describe: 'it subscribes again' });
    await createWork('unheard', 'b');
    await agent.holds('a', 'b');
    relay.swallowsHeartbeats = false;
    const heard = relay.heartbeats;
    // The first may come when the agent has just decided to subscribe again.
    await until(() => relay.heartbeats > heard + 1, { describe: 'two heartbeats' });
    const { subscriptions } = relay;
    await until(() => relay.heartbeats > heard + 10, { describe: 'more than four seconds of heartbeats' });
    expect(relay.subscriptions).toBe(subscriptions);
  });

  test('[cloudevents-grpc 12] [cloudevents-grpc 15] without heartbeats, that look at none, stay and get events', async () => {
    await lab.admitCluster('silent');
    await using server = await lab.startServer({ heartbeatMs: undefined });
    await using relay = await startRelayAs('silent', server.address);
    await using agent = await startAgent('silent', { port: relay.port, withCertificate: false, clock: hasty });
    await createWork('silent', 'a');
    await agent.holds('a');
    const since = Date.now();
    await until(() => Date.now() - since > 5000, { describe: 'five seconds' });
    await createWork('silent', 'b');
    await agent.holds('a', 'b');
    expect({ subscriptions: relay.subscriptions, heartbeats: relay.heartbeats }).toEqual({
      subscriptions: 1,
      heartbeats: 0,
    });
  });
});
