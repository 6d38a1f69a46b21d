import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseCertificates } from '@ocm/pki';
import { freePort, until } from '@ocm/testing';
import { addOnActor, makeNamespace } from './addon-lab.ts';
import { AGENT_USER, AVAILABLE, type JoiningCluster } from './agent-lab.ts';
import { type GrpcJoinLab, startGrpcJoinLab } from './grpc-join-lab.ts';
import { counted, makeScraper, metricNames, queueNames, type Scraper } from './metrics-scraper.ts';
import { type RegistrationProcess, startRegistration } from './registration-process.ts';

/** Registration 24, with the one that is our own. */
const HUB_QUEUES = [
  'ManagedClusterController',
  'taintController',
  'ManagedClusterLeaseController',
  'ClockSyncController',
  'managed-clusterset-controller',
  'managed-namespace-controller',
  'managed-clusterset-binding-controller',
  'ManagedClusterClusterRoleController',
  'ManagedClusterAddonHealthCheckController',
  'AddOnFeatureDiscoveryController',
  'DefaultManagedClusterSetController',
  'GlobalManagedClusterSetController',
  'ClusterProfileLifecycleController',
  'ClusterProfileStatusController',
  'managed-cluster-importer',
  'GCController',
  'CSRApprovingController',
  'CSRSignController',
  'ConnectionDiagnosisController',
];

/** Registration 24. */
const agentQueues = (cluster: string, addOn: string): readonly string[] => [
  'ManagedClusterCreatingController',
  `BootstrapController@cluster:${cluster}`,
  `RegisterController@cluster:${cluster}`,
  'HubKubeconfigSecretController',
  'ManagedClusterLeaseController',
  'ManagedClusterStatusController',
  'ManagedClusterAddOnLeaseController',
  'AddOnRegistrationController',
  `ClientCertController@addon:${addOn}:type:kubeClient`,
];
const MULTIPLE_HUBS_QUEUES = ['HubAcceptController', 'HubTimeoutController'];

/** Registration 24: of every controller and agent. */
const METRICS = [
  'workqueue_depth',
  'workqueue_adds_total',
  'workqueue_queue_duration_seconds',
  'workqueue_work_duration_seconds',
  'workqueue_unfinished_work_seconds',
  'workqueue_longest_running_processor_seconds',
  'workqueue_retries_total',
  'rest_client_requests_total',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
];

let hub: GrpcJoinLab;
let scraper: Scraper;
beforeAll(async () => {
  hub = await startGrpcJoinLab();
  scraper = await makeScraper(hub.lab.admin, AGENT_USER, hub.lab.hub.signal);
});
afterAll(async () => hub[Symbol.asyncDispose]());

async function startAgent(
  cluster: JoiningCluster,
  flags: readonly string[],
): Promise<RegistrationProcess & { readonly port: number }> {
  const kubeconfig = join(cluster.directory, 'management.kubeconfig');
  await hub.lab.hub.controlPlane.writeKubeconfig(kubeconfig, { user: AGENT_USER });
  const port = await freePort();
  const process = startRegistration([
    'agent',
    `--kubeconfig=${kubeconfig}`,
    `--namespace=${cluster.namespace}`,
    `--listen=127.0.0.1:${port}`,
    '--disable-leader-election',
    `--spoke-cluster-name=${cluster.name}`,
    `--hub-kubeconfig-dir=${join(cluster.directory, 'hub')}`,
    ...flags,
  ]);
  return Object.assign(process, { port });
}

/** Waits until the metrics are what `expected` wants. */
async function untilMetrics(port: number, expected: (metrics: string) => void): Promise<string> {
  let problem: unknown;
  const look = async (): Promise<string | undefined> => {
    try {
      const metrics = await scraper.scrape(port);
      expected(metrics);
      return metrics;
    } catch (error) {
      problem = error;
      return undefined;
    }
  };
  return until(look, { describe: 'the metrics are as they should be', deadlineMs: 35_000 }).catch(() => {
    throw problem;
  });
}

test('the hub controller exposes the series and queues of the contract, with every gate and driver', async () => {
  const { controlPlane } = hub.lab.hub;
  const { certificate, key } = hub.grpc.signerFiles;
  const port = await freePort();
  await using _process = startRegistration([
    'controller',
    `--kubeconfig=${controlPlane.adminKubeconfigPath}`,
    '--namespace=open-cluster-management-hub',
    `--listen=127.0.0.1:${port}`,
    '--disable-leader-election',
    '--feature-gates=ClusterProfile=true,ClusterImporter=true,ManagedClusterAutoApproval=true',
    '--enabled-registration-drivers=csr,grpc',
    `--grpc-ca-file=${certificate}`,
    `--grpc-key-file=${key}`,
  ]);
  const metrics = await untilMetrics(port, (text) => expect(queueNames(text)).toEqual(HUB_QUEUES.toSorted()));
  expect(metricNames(metrics)).toEqual(expect.arrayContaining([...METRICS, 'open_cluster_management_hub_build_info']));
});

test('an agent exposes the series and queues of the contract, and what keeps it from its hub', async () => {
  const cluster = await hub.lab.cluster('scraped');
  await cluster.writeBootstrap(await cluster.bootstrapKubeconfig());
  const path = `--bootstrap-kubeconfigs=${cluster.bootstrapPath}`;
  // One hub is enough for the queues of several.
  await using process = await startAgent(cluster, ['--feature-gates=MultipleHubs=true', path, path]);
  await untilMetrics(process.port, (text) =>
    expect(text).toContain('registration_agent_connection_problem{cause="CertificateRequestPending"} 1'),
  );
  await cluster.admit();
  await makeNamespace(hub.lab, 'scraped-add-on');
  await addOnActor(hub.lab, { cluster, name: 'helper', namespace: 'scraped-add-on' }).create();
  const metrics = await untilMetrics(process.port, (text) => {
    expect(queueNames(text)).toEqual([...agentQueues('scraped', 'helper'), ...MULTIPLE_HUBS_QUEUES].toSorted());
    expect(text).toContain('registration_agent_connection_problem{cause="CertificateRequestPending"} 0');
    expect(text).toContain('registration_agent_client_certificate_expiration_timestamp_seconds ');
  });
  const [certificate] = parseCertificates((await cluster.credential())?.['tls.crt'] ?? '');
  const endSeconds = (certificate?.notAfter.getTime() ?? 0) / 1000;
  expect(metrics).toContain(`\nregistration_agent_client_certificate_expiration_timestamp_seconds ${endSeconds}\n`);
  expect(metricNames(metrics)).toEqual(expect.arrayContaining([...METRICS, 'agent_of_scraped_build_info']));
  expect(metricNames(metrics).filter((name) => name.startsWith('cloudevents_'))).toEqual([]);
});

const received = (text: string, type: string): number => counted(text, 'cloudevents_received_total', `type="${type}"`);
const sent = (text: string, type: string): number => counted(text, 'cloudevents_sent_total', `type="${type}"`);
const reconnected = (text: string): number =>
  counted(text, 'cloudevents_client_reconnected_total', 'client_id="counted"');

test('an agent over gRPC counts its events, and its connections that are made again', async () => {
  const server = await hub.grpc.startServer({ port: await freePort() });
  const cluster = await hub.cluster('counted', server);
  const template = `--bootstrap-kubeconfig=${cluster.bootstrapPath}`;
  const config = `--grpc-bootstrap-config=${join(cluster.directory, 'config.yaml')}`;
  await using process = await startAgent(cluster, ['--registration-auth=grpc', template, config]);
  await cluster.admit();
  await cluster.untilCondition(AVAILABLE, 'True');
  const before = await untilMetrics(process.port, (text) => {
    expect(sent(text, 'cluster.open-cluster-management.io.v1.managedclusters')).toBeGreaterThan(0);
    expect(received(text, 'coordination.k8s.io.v1.leases')).toBeGreaterThan(0);
  });
  await server.stop();
  await hub.grpc.startServer({ port: server.port });
  await untilMetrics(process.port, (text) => expect(reconnected(text)).toBeGreaterThan(reconnected(before)));
});
