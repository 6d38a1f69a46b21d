import { hostname } from 'node:os';
import { imagePullSecret, leaderElectionLeases } from '@ocm/api';
import { keepHeapSmall, leadUntilStopped, openComponent, type ProcessContext } from '@ocm/service';
import { buildInfo } from '../build-info.ts';
import type { ControllerConfig } from './controller-flags.ts';
import type { HubDriver } from './driver/hub-driver.ts';
import { grpcDriver } from './grpc/grpc-driver.ts';
import { readGrpcSigner } from './grpc/grpc-signer.ts';
import type { HubSettings } from './hub-context.ts';
import { isRendererName } from './import/renderer-names.ts';
import { runHub } from './run-hub.ts';

/** `registration controller`: serves health and metrics, and runs the hub's controllers while it is the leader. */
export async function runController(config: ControllerConfig, context: ProcessContext): Promise<void> {
  const { clock, env, log } = context;
  // Caches are small beside the garbage that V8 otherwise lets pile up: 250 instead of 109 MB with 2,500 clusters, for the same processor time.
  keepHeapSmall();
  const identity = { userAgent: 'registration-controller', build: buildInfo };
  await using component = await openComponent(config, identity, context);
  const { client, namespace, metrics } = component;
  await component.serve({ health: [] });
  const instance = env['POD_NAME'] || hostname();
  const awsirsa = await awsirsaDriver(config, context);
  const grpc = await openGrpcDriver(config, namespace);
  const lead = (signal: AbortSignal): Promise<void> =>
    runHub({
      ...hubSettings(config, namespace),
      awsirsa,
      grpc,
      client,
      signal,
      log,
      clock,
      metrics: metrics.kube,
      instance,
    });
  await leadUntilStopped(
    lead,
    { config, client, namespace, name: leaderElectionLeases.registrationController, metrics: metrics.kube },
    context,
  );
}

/** Loaded only where it is enabled: the SDK of AWS costs 30 MB. */
async function awsirsaDriver(config: ControllerConfig, { clock }: ProcessContext): Promise<HubDriver | undefined> {
  if (!config.drivers.includes('awsirsa')) return undefined;
  return (await import('./driver/awsirsa/open-awsirsa-driver.ts')).openAwsirsaDriver(config, { clock });
}

async function openGrpcDriver(config: ControllerConfig, namespace: string): Promise<HubDriver | undefined> {
  if (!config.drivers.includes('grpc')) return undefined;
  const autoApprovedUsers = new Set(config.autoApprovedGrpcUsers);
  return grpcDriver({ signer: await readGrpcSigner(config), autoApprovedUsers, namespace });
}

function hubSettings(config: ControllerConfig, namespace: string): Partial<HubSettings> {
  const { extraLabels, gates, gcResources, drivers, autoApprovedCsrUsers, clusterAutoApprovalUsers } = config;
  const users = autoApprovedCsrUsers.length > 0 ? autoApprovedCsrUsers : clusterAutoApprovalUsers;
  return {
    extraLabels,
    gates,
    cleanupTypes: gcResources,
    importing: importSettings(config, namespace),
    drivers,
    autoApprovedCsrUsers: new Set(users),
  };
}

function importSettings(config: ControllerConfig, namespace: string): HubSettings['importing'] {
  const { hubApiServerUrl, agentImage, importRenderers, imagePullSecretName } = config;
  const [accountNamespace = '', name = ''] = config.bootstrapServiceAccount.split('/');
  return {
    renderers: importRenderers.filter(isRendererName),
    hubApiServerUrl,
    agentImage,
    bootstrapServiceAccount: { namespace: accountNamespace, name },
    namespace,
    imagePullSecretName: imagePullSecretName.trim() || imagePullSecret,
  };
}
