import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { credentialKeys, Secret } from '@ocm/api';
import {
  type AnyInformer,
  informer,
  type Informer,
  type KubeClient,
  type KubeconfigSource,
  kubeconfigFile,
} from '@ocm/kube';
import { ConfigError } from '@ocm/service';
import { type AgentContext, cacheOptions } from './agent-context.ts';
import { type AgentHealth, createAgentHealth } from './agent-health.ts';
import { createBell } from './bell.ts';
import { type BootstrapKubeconfigs, hubKubeconfigPath } from './agent-settings.ts';
import { awsirsaDriver } from './awsirsa/awsirsa-driver.ts';
import { type ClusterTemplate, ignoredAnnotations } from './bootstrap/plan-cluster.ts';
import {
  addressDifferences,
  buildHubKubeconfig,
  hubAddressOf,
  type KubeconfigText,
} from './credential/hub-kubeconfig.ts';
import { judgeHubCredential } from './credential/judge-hub-credential.ts';
import { csrDriver } from './csr/csr-driver.ts';
import { createConnectionJournal } from './diagnosis/connection-journal.ts';
import { type ConnectionReport, createConnectionReport } from './diagnosis/connection-report.ts';
import { readHubDirectory } from './hub-files/hub-directory.ts';
import { dumpSecret } from './hub-files/secret-to-files-controller.ts';
import { selectBootstrap } from './hubs/select-bootstrap.ts';
import { type AgentNames, completeNames } from './identity/complete-names.ts';
import { hubHashOf } from './identity/hub-hash.ts';
import type { Agent } from './phases/agent.ts';
import type { RegistrationDriver } from './registration-driver.ts';
import { spokeCaBundle } from './spoke-ca-bundle.ts';

/** The clusters that the agent works on. */
export interface AgentClusters {
  readonly management: KubeClient;
  /** Where the client of the management cluster has its address from. */
  readonly kubeconfig: KubeconfigSource;
  readonly spoke: KubeClient;
}

export interface StartUpOptions {
  readonly kubeconfigs: BootstrapKubeconfigs;
  readonly health: AgentHealth | undefined;
  readonly report: ConnectionReport | undefined;
  readonly end: (reason: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Prepares the agent (registration 5.1, steps 2 to 6).
 *
 * @throws ConfigError when names, kubeconfigs or CA files cannot be used
 */
export async function startUp(
  context: AgentContext,
  clusters: AgentClusters,
  { kubeconfigs, health, report, end, signal }: StartUpOptions,
): Promise<Agent> {
  const { settings, namespace, clock } = context;
  const { management } = clusters;
  const directory = settings.hubKubeconfigDir;
  await dumpSecret(await management.kind(Secret).find({ namespace, name: settings.hubSecret }, { signal }), directory);
  const files = await readHubDirectory(directory);
  const names = namesOf(context, files);
  const hubKubeconfig = hubKubeconfigPath(settings);
  const present = files[credentialKeys.kubeconfig];
  const selection = {
    kubeconfigs,
    cluster: names.cluster,
    hubKubeconfig: present === undefined ? undefined : { text: present, path: hubKubeconfig },
  };
  const bootstrapPath = await selectBootstrap(context, selection, signal);
  const driver = await driverOf(context, bootstrapPath);
  const hubAddress = hubAddressOf(await readBootstrap(bootstrapPath));
  return {
    context,
    names,
    driver,
    management,
    spoke: clusters.spoke,
    hubSecret: oneSecret(management, context, settings.hubSecret),
    additional: {
      [credentialKeys.kubeconfig]: buildHubKubeconfig(hubAddress, driver.kubeconfigUser),
      [credentialKeys.clusterName]: names.cluster,
      [credentialKeys.agentName]: names.agent,
    },
    clusterTemplate: await clusterTemplate(context, clusters.kubeconfig, names),
    hubAddress,
    hubHash: hubHashOf(hubAddress.server),
    hubKubeconfig,
    async judge() {
      const [files, bootstrap] = await Promise.all([readHubDirectory(directory), readBootstrap(bootstrapPath)]);
      return judgeHubCredential({ files, hubKubeconfigPath: hubKubeconfig, bootstrap, names, driver }, clock.now());
    },
    bootstrapChanges: async () => addressDifferences(hubAddress, hubAddressOf(await readBootstrap(bootstrapPath))),
    filesWritten: createBell(clock),
    health: health ?? createAgentHealth(),
    journal: createConnectionJournal(clock),
    report: report ?? createConnectionReport(),
    end,
  };
}

/** Registration 10.1: every word that names no other driver means csr. */
async function driverOf(context: AgentContext, bootstrapPath: string): Promise<RegistrationDriver> {
  switch (context.settings.registrationAuth) {
    case 'awsirsa':
      return awsirsaDriver(context, bootstrapPath);
    case 'grpc':
      // Loaded only where it is used: gRPC costs memory.
      return (await import('./grpc/grpc-driver.ts')).grpcDriver(context);
    default:
      return csrDriver(context, bootstrapPath);
  }
}

/** A cache of one secret: the agent may read all of its namespace, but needs no more. */
export function oneSecret(client: KubeClient, context: AgentContext, name: string): Informer<Secret> & AnyInformer {
  const { namespace } = context;
  return informer(client.kind(Secret), { ...cacheOptions(context), namespace, fieldSelector: `metadata.name=${name}` });
}

function namesOf({ settings, random }: AgentContext, files: Readonly<Record<string, string>>): AgentNames {
  return completeNames({
    given: { clusterName: settings.clusterName, agentId: settings.agentId },
    stored: { clusterName: files[credentialKeys.clusterName], agentName: files[credentialKeys.agentName] },
    uuid: randomUUID,
    random,
  });
}

async function clusterTemplate(
  { settings, log }: AgentContext,
  management: KubeconfigSource,
  { cluster }: AgentNames,
): Promise<Omit<ClusterTemplate, 'decorate'>> {
  const { externalServerUrls, clusterAnnotations: annotations, spokeKubeconfig } = settings;
  const ignored = ignoredAnnotations(annotations);
  if (ignored.length > 0) log.warn({ annotations: ignored }, 'annotations without the prefix of agents are ignored');
  const source = spokeKubeconfig === undefined ? management : kubeconfigFile(spokeKubeconfig);
  const caBundle = externalServerUrls.length === 0 ? undefined : await spokeCaBundle(source);
  return { name: cluster, annotations, externalServerUrls, caBundle };
}

async function readBootstrap(path: string): Promise<KubeconfigText> {
  try {
    return { text: await readFile(path, 'utf8'), path, what: 'bootstrap kubeconfig' };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const remedy = 'mount the secret with the bootstrap kubeconfig there';
    throw new ConfigError([`cannot read --bootstrap-kubeconfig "${path}": ${problem}; ${remedy}`], { cause });
  }
}
