import { labels } from '@ocm/api';
import { connect, silentLogger, systemClock } from '@ocm/kube';
import { createProcessMetrics } from '@ocm/service';
import { aWorkSpec, type MqttBroker, startMqttBroker, startSupervisor, until } from '@ocm/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { runManager } from '../src/hub/run-manager.ts';
import { eventHubDriver } from '../src/hub/works/event-hub-driver.ts';
import { type EventAgents, startEventAgents } from './event-agents.ts';
import { RECONNECTED } from './lab.ts';
import { type ManagerLab, startManagerLab } from './manager-lab.ts';
import { manifestOf, ROLLED_OUT, SUCCEEDED, Tenant, toOther, WORKING } from './manager-tenant.ts';
import { startWork } from './work-process.ts';

const GATES = { ManifestWorkReplicaSet: true, CleanUpCompletedManifestWork: true };
const build = { major: '1', minor: '3', gitVersion: 'v', gitCommit: 'c', gitTreeState: 't', buildDate: 'd' };

let lab: ManagerLab;
let broker: MqttBroker;
let agents: EventAgents;

beforeAll(async () => {
  lab = await startManagerLab();
  broker = await startMqttBroker();
});
beforeEach(async () => {
  agents = await startEventAgents(broker);
});
afterAll(async () => {
  await broker[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});

interface Manager extends AsyncDisposable {
  /** Text of its metrics. */
  metrics(): Promise<string>;
}

/** The manager in this process, its works over the broker. */
async function startManager(): Promise<Manager> {
  const [stopping, closing] = [new AbortController(), new AbortController()];
  const text = await lab.cp.kubeconfig('admin', { server: lab.proxy.url });
  const kubeconfig = { kind: 'text', text, directory: lab.cp.directory } as const;
  const client = await connect(kubeconfig, { userAgent: 'work-manager', signal: closing.signal });
  const metrics = createProcessMetrics({ clock: systemClock, namespace: 'n', build });
  const driver = await eventHubDriver({
    kind: 'mqtt',
    configFile: agents.configFile,
    clientId: 'work-controller-1',
    env: {},
    resyncMs: 60_000,
    clock: systemClock,
    log: silentLogger,
    metrics,
  });
  const intervals = { decisionsQuietMs: 100, statusSpacingMs: 20 };
  const { signal } = stopping;
  const ended = driver.serve((works) =>
    runManager({ client, works, gates: GATES, log: silentLogger, intervals, signal }),
  );
  return {
    metrics: () => Promise.resolve(metrics.source.metrics()),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended;
      await driver[Symbol.asyncDispose]();
      closing.abort();
    },
  };
}

/** Clusters with agents; what the tenant sees of works is what these have. */
async function newTenant(clusters: number): Promise<Tenant> {
  const { namespace, clusters: names } = await lab.newTenant(clusters);
  await agents.start(names);
  return new Tenant({ admin: agents.hubOf(lab.admin), signal: lab.signal }, namespace, names);
}

describe('replica sets over a message broker', () => {
  test('[work 59, 60] works reach the clusters that are chosen, and no API server; the summary counts what agents report', async () => {
    await using _agents = agents;
    const t = await newTenant(3);
    lab.proxy.clearRequests();
    await using manager = await startManager();
    await t.place([t.clusters]);
    await t.create({ labels: { team: 'blue' } });
    for (const { metadata, spec } of await t.untilWorksOn(t.clusters)) {
      expect(metadata.name).toMatch(/^app[a-z0-9]{5}$/);
      expect(metadata.labels).toEqual({
        team: 'blue',
        [labels.replicaSet]: `${t.namespace}.app`,
        [labels.placementName]: 'p',
        [labels.originalSource]: 'mwrsctrl',
      });
      expect(spec).toEqual(aWorkSpec());
    }
    await t.report(t.clusters, SUCCEEDED);
    await t.untilSummary({ total: 3, applied: 3, available: 3 });
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
    await t.place([t.first(2)]);
    await t.untilWorksOn(t.first(2));
    await t.untilSummary({ total: 2 });
    expect(new Set(lab.proxy.requests().map(({ resource }) => resource))).not.toContain('manifestworks');
    const text = await manager.metrics();
    expect(text).toMatch(
      /^cloudevents_sent_total\{.*subresource="spec",action="create_request",.*source="mwrsctrl"\} 1$/m,
    );
    expect(text).toMatch(/^manifestworks_processed_total\{action="create",code="Success"\} 3$/m);
  });

  test('[work 63, 67] a template is rolled out in batches: a status of the old one does not count for the new one', async () => {
    await using _agents = agents;
    const t = await newTenant(3);
    await using _manager = await startManager();
    await t.place([t.clusters]);
    await t.createWith({ type: 'Progressive', progressive: { maxConcurrency: 1 } });
    for (const count of [1, 2, 3]) {
      await t.untilWorksOn(t.first(count));
      await t.report(t.first(count), SUCCEEDED);
    }
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
    await t.patch(toOther);
    const updated = async (): Promise<number> => {
      return (await t.works()).filter((work) => manifestOf(work) === 'other').length;
    };
    for (const count of [1, 2, 3]) {
      await until(async () => (await updated()) === count, { describe: `${count} updated` });
      await t.untilCondition(ROLLED_OUT, 'False/Progressing');
      await t.report(t.first(count), WORKING);
      await t.report(t.first(count), SUCCEEDED);
    }
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
  });

  test('[work 68] a replica set that is deleted in the foreground waits for the agents', async () => {
    await using _agents = agents;
    const t = await newTenant(2);
    await using _manager = await startManager();
    await t.place([t.clusters]);
    await t.create({ cascadeDeletionPolicy: 'Foreground' });
    await t.untilWorksOn(t.clusters);
    await t.report(t.clusters, SUCCEEDED);
    await t.untilSummary({ applied: 2 });
    const [away = ''] = t.clusters;
    await agents.stop(away);
    await t.delete();
    await t.untilWorksOn([]);
    expect(await t.find()).toBeDefined();
    await agents.start([away]);
    await until(async () => (await t.find()) === undefined, { describe: 'it is gone' });
  });

  test('a manager that is started anew finds the works of its predecessor and sends nothing that is there', async () => {
    await using _agents = agents;
    const t = await newTenant(3);
    const first = await startManager();
    await t.place([t.clusters]);
    await t.create();
    await t.untilWorksOn(t.clusters);
    await t.report(t.clusters, SUCCEEDED);
    await t.untilCondition(ROLLED_OUT, 'True/Complete');
    const before = await t.works();
    await first[Symbol.asyncDispose]();
    // It misses a change: one cluster goes.
    await t.place([t.first(2)]);
    await using second = await startManager();
    await t.untilWorksOn(t.first(2));
    await t.untilSummary({ total: 2, available: 2 });
    const after = await t.works();
    expect(after.map(({ metadata }) => [metadata.uid, metadata.generation])).toEqual(
      before.slice(0, 2).map(({ metadata }) => [metadata.uid, metadata.generation]),
    );
    const sent = (await second.metrics()).split('\n').filter((line) => line.startsWith('cloudevents_sent_total'));
    const written = sent.filter((line) => /action="(create|update)_request"/.test(line));
    expect(written.filter((line) => line.includes(`consumer="${t.namespace}-`))).toEqual([]);
  });

  test('works that were written while an agent was away, and a broker that is killed, make no difference in the end', async () => {
    await using _agents = agents;
    const t = await newTenant(2);
    await using _manager = await startManager();
    const [away = '', there = ''] = t.clusters;
    await agents.stop(away);
    await t.place([t.clusters]);
    await t.create();
    await t.untilWorksOn([there]);
    await t.untilSummary({ total: 2 });
    await agents.start([away]);
    await t.untilWorksOn(t.clusters);
    await broker.kill();
    await t.patch(toOther);
    await broker.start();
    await until(async () => (await t.works()).every((work) => manifestOf(work) === 'other'), {
      describe: 'the new template everywhere',
      ...RECONNECTED,
    });
    await t.report(t.clusters, SUCCEEDED);
    await t.untilSummary({ total: 2, available: 2 });
  });

  test('work manager --work-driver=mqtt', async () => {
    await using _agents = agents;
    const supervisor = startSupervisor();
    try {
      const t = await newTenant(1);
      await t.place([t.clusters]);
      await t.create();
      const directory = await supervisor.makeDirectory('work-manager-test-');
      const manager = startWork({ supervisor, directory, pod: 'pod-a' }, [
        'manager',
        `--kubeconfig=${lab.cp.adminKubeconfigPath}`,
        '--namespace=default',
        '--listen=127.0.0.1:0',
        '--disable-leader-election',
        '--feature-gates=ManifestWorkReplicaSet=true',
        '--work-driver=mqtt',
        '--cloudevents-client-id=work-controller-pod-a',
        `--work-driver-config=${agents.configFile}`,
      ]);
      await t.untilWorksOn(t.clusters);
      manager.signal('SIGTERM');
      expect(await manager.ended).toBe(0);
    } finally {
      await supervisor.stop();
    }
  });
});
