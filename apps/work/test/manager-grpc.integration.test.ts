import { join } from 'node:path';
import { labels } from '@ocm/api';
import { grantRights, startSupervisor, type Supervisor } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type GrpcHub, startGrpcHub, writeClientConfig } from './grpc-hub.ts';
import { type ManagerLab, startManagerLab } from './manager-lab.ts';
import { SUCCEEDED } from './manager-tenant.ts';
import { startWork } from './work-process.ts';

const USER = 'work-manager-over-grpc';
let lab: ManagerLab;
let hub: GrpcHub;
let supervisor: Supervisor;

beforeAll(async () => {
  lab = await startManagerLab();
  const { cp, admin, proxy, signal } = lab;
  supervisor = startSupervisor();
  const flags = ['--feature-gates=SourceSubscriptions=true'];
  hub = await startGrpcHub({ cp, admin, server: proxy.url, signal, flags });
});
afterAll(async () => {
  await hub.close();
  await supervisor.stop();
  await lab[Symbol.asyncDispose]();
});

/** What a source may do (cloudevents-grpc 12.5), and its client configuration; returns the path. */
async function admitSource(directory: string): Promise<string> {
  const { admin, signal, cp } = lab;
  const apiGroups = ['work.open-cluster-management.io'];
  const rules = [
    { apiGroups, resources: ['manifestworks'], verbs: ['list', 'watch', 'create', 'update', 'delete'] },
    { apiGroups, resources: ['manifestworks/status'], verbs: ['list'] },
  ];
  await grantRights(admin, { name: USER, to: { user: USER }, rules }, signal);
  const path = join(directory, 'config.yaml');
  await writeClientConfig(path, { cp, url: hub.url, identity: { user: USER, groups: [] } });
  return path;
}

test("[work 59, 60] with --work-driver=grpc the works of a replica set go through the hub's gRPC server, and what is reported comes back", async () => {
  const directory = await supervisor.makeDirectory('manager-grpc-');
  const manager = startWork({ supervisor, directory }, [
    'manager',
    `--kubeconfig=${lab.cp.adminKubeconfigPath}`,
    '--namespace=default',
    '--disable-leader-election',
    '--listen=127.0.0.1:0',
    '--feature-gates=ManifestWorkReplicaSet=true',
    '--work-driver=grpc',
    `--work-driver-config=${await admitSource(directory)}`,
    '--cloudevents-client-id=work-controller-1',
  ]);
  await manager.logged('subscribed');
  const tenant = await lab.newTenant(2);
  await tenant.place([tenant.clusters]);
  await tenant.create();
  for (const { metadata } of await tenant.untilWorksOn(tenant.clusters)) {
    expect(metadata.labels).toMatchObject({
      [labels.replicaSet]: `${tenant.namespace}.app`,
      [labels.originalSource]: 'mwrsctrl',
    });
  }
  await tenant.report(tenant.clusters, SUCCEEDED);
  await tenant.untilSummary({ total: 2, applied: 2, available: 2 });
  await tenant.place([tenant.first(1)]);
  await tenant.untilWorksOn(tenant.first(1));
  await tenant.delete();
  await tenant.untilWorksOn([]);
  manager.signal('SIGTERM');
  expect(await manager.ended).toBe(0);
});
