import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeleting, ManifestWork } from '@ocm/api';
import { eventClient, mqttTransport } from '@ocm/cloudevents';
import { startMqttBroker, startSupervisor, until } from '@ocm/testing';
import { expect, test } from '@jest/globals';

const PROGRAM = join(import.meta.dirname, '../deliver-work.ts');
const condition = (type: string) =>
  ({ type, status: 'True', reason: 'R', message: '', lastTransitionTime: '2026-01-31T09:00:00Z' }) as const;

test('deliver-work.ts delivers a work over MQTT, follows it until it is available, and deletes it', async () => {
  const supervisor = startSupervisor();
  const broker = await startMqttBroker();
  const stop = new AbortController();
  const { signal } = stop;
  try {
    const directory = await supervisor.makeDirectory('examples-test-');
    const configFile = join(directory, 'source.yaml');
    const topics = ['sourceEvents: s/example/c/+/sourceevents', 'agentEvents: s/example/c/+/agentevents'];
    const broadcasts = ['sourceBroadcast: s/+/sourcebroadcast', 'agentBroadcast: c/+/agentbroadcast'];
    const lines = [
      `brokerHost: ${broker.address}`,
      'topics:',
      ...[...topics, ...broadcasts].map((line) => `  ${line}`),
    ];
    await writeFile(configFile, lines.join('\n'));

    const role = { kind: 'agent', clusterName: 'cluster1' } as const;
    await using transport = await mqttTransport(configFile, { clientId: 'agent', role });
    const sourceId = 'cluster1-work-agent';
    const agent = eventClient({ transport, clusterName: 'cluster1', sourceId, kinds: [ManifestWork] });
    const running = agent.run(signal);
    await agent.waitForSync(signal);
    const works = agent.kind(ManifestWork);
    const ref = { namespace: 'cluster1', name: 'greeting' };

    const logFile = join(directory, 'example.log');
    const program = supervisor.start(process.execPath, { args: [PROGRAM, 'mqtt', configFile, 'cluster1'], logFile });
    const work = await until(() => works.find(ref, { signal }), { describe: 'the work at the agent' });
    expect(work.spec?.workload?.manifests?.[0]).toMatchObject({ kind: 'ConfigMap', data: { hello: 'world' } });
    const status = { conditions: [condition('Applied'), condition('Available')] };
    const held = await works.patchMetadata(
      work,
      { finalizers: ['cluster.open-cluster-management.io/manifest-work-cleanup'] },
      { signal },
    );
    await works.patchStatus(held, status, { signal });
    const ending = await until(
      async () => {
        const now = await works.get(ref, { signal });
        return isDeleting(now) ? now : undefined;
      },
      { describe: 'the deletion' },
    );
    await works.patchMetadata(ending, { finalizers: [] }, { signal });
    expect(await program.ended).toBe(0);
    const lastLines = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-3);
    expect(lastLines).toEqual(['version 1: Applied=True Available=True', 'version 1: deleting', 'gone']);
    stop.abort();
    await running;
  } finally {
    stop.abort();
    await broker[Symbol.asyncDispose]();
    await supervisor.stop();
  }
});
