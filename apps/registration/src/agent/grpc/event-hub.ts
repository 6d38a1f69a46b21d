import {
  CertificateSigningRequest,
  Event,
  labels,
  Lease,
  ManagedCluster,
  ManagedClusterAddOn,
  signers,
} from '@ocm/api';
import {
  dataTypes,
  type EventClient,
  type EventSubscription,
  type EventTransport,
  requestToken,
} from '@ocm/cloudevents';
import { eventRecorder, informer } from '@ocm/kube';
import { type AgentContext, cacheOptions } from '../agent-context.ts';
import type { CredentialDriver } from '../credential/credential-driver.ts';
import { clusterTemplate } from '../csr/cluster-template.ts';
import { csrCredential, type CsrTemplate } from '../csr/csr-credential.ts';
import type { TryPair } from '../csr/try-certificate.ts';
import type { AgentNames } from '../identity/complete-names.ts';
import type { BootstrapHub, HubProbe, JoinedHub } from '../registration-driver.ts';
import { firstClusters, joinedClusters } from './event-clusters.ts';
import { grpcProbe } from './grpc-probe.ts';
import type { HubConfig } from './hub-config.ts';
import { openEventConnection } from './open-event-connection.ts';
import { runWhileAccepted } from './run-while-accepted.ts';
import { grpcPairTrial } from './try-grpc-pair.ts';

/** How a gRPC server is reached, and by whom. */
export interface EventHubOptions {
  /** Of the gRPC configuration. */
  readonly configPath: string;
  readonly names: AgentNames;
  /** What a registered agent works with. */
  readonly wanted: HubConfig;
}

/** The hub as the bootstrap identity has it over events: clusters and certificate requests (cloudevents-grpc 16.3). */
export async function bootstrapEventHub(context: AgentContext, options: EventHubOptions): Promise<BootstrapHub> {
  const { names } = options;
  const { clock } = context;
  const { transport, client, keep, close } = await openEventConnection(context, options);
  const hub = client(ManagedCluster, CertificateSigningRequest);
  keep((signal) => hub.run(signal));
  return {
    clusters: firstClusters(hub, clock),
    credential: certificateCredentials(context, hub, options).ofCluster,
    probe: probeOf(context, { transport, hub, names }),
    [Symbol.asyncDispose]: close,
  };
}

/** The hub as the registered agent has it over events. All but its own cluster comes when the hub has accepted that. */
export async function joinedEventHub(context: AgentContext, options: EventHubOptions): Promise<JoinedHub> {
  const { names } = options;
  const { clock, log, random, intervals, instance: reportingInstance } = context;
  const { cluster } = names;
  const { transport, client, keep, close } = await openEventConnection(context, options);
  const own = client(ManagedCluster);
  const leases = client(Lease);
  const rest = client(CertificateSigningRequest, ManagedClusterAddOn, Event);
  keep((signal) => own.run(signal));
  keep((signal) =>
    runWhileAccepted(
      own.kind(ManagedCluster),
      async (signal) => {
        // The right to subscribe reaches the hub's authorizer a little after the news that it was given.
        await clock.sleep(intervals.acceptancePollMs, signal);
        if (!signal.aborted) await Promise.all([leases.run(signal), rest.run(signal)]);
      },
      signal,
    ),
  );
  const cached = cacheOptions(context);
  const certificates = certificateCredentials(context, rest, options);
  return {
    clusters: joinedClusters(own, leases),
    ownCluster: informer(own.kind(ManagedCluster), { ...cached, fieldSelector: `metadata.name=${cluster}` }),
    leases: patientLeases(leases),
    events: eventRecorder({
      client: rest,
      clock,
      log,
      random,
      reportingController: 'klusterlet-agent',
      reportingInstance,
    }),
    credential: certificates.ofCluster,
    addOns: {
      live: rest.kind(ManagedClusterAddOn),
      cache: informer(rest.kind(ManagedClusterAddOn), { ...cached, namespace: cluster }),
      certificate: certificates.ofAddOn,
      async requestToken({ namespace, serviceAccount, expirationSeconds }, signal) {
        const question = { namespace, serviceAccount, spec: { audiences: [], expirationSeconds } };
        const tokens = { transport, clusterName: cluster, sourceId: cluster, clock };
        return (await requestToken(tokens, question, signal)).token;
      },
    },
    probe: probeOf(context, { transport, hub: own, names }),
    reloadCredential: () => transport.reloadCredential(),
    [Symbol.asyncDispose]: close,
  };
}

/** The first heartbeat is due before the hub has told of the lease; after a failure the next one would be a period later. */
function patientLeases(client: EventClient): JoinedHub['leases'] {
  const leases = client.kind(Lease);
  return {
    async get(ref, options) {
      await client.waitForSync(options.signal);
      return leases.get(ref, options);
    },
    replace: (lease, options) => leases.replace(lease, options),
  };
}

/** Makes credentials whose certificates are asked for by events; they share one cache. */
function certificateCredentials(
  context: AgentContext,
  hub: EventClient,
  { names, wanted }: EventHubOptions,
): { readonly ofCluster: CredentialDriver; readonly ofAddOn: (template: CsrTemplate) => CredentialDriver } {
  const { clock, settings } = context;
  const requests = hub.kind(CertificateSigningRequest);
  const labelSelector = `${labels.clusterName}=${names.cluster}`;
  const cache = informer(requests, { ...cacheOptions(context), labelSelector });
  const credential = (template: CsrTemplate, tryPair: TryPair): CredentialDriver =>
    csrCredential({ template, requests, cache, clock, tryPair });
  const request = { signerName: signers.grpc, expirationSeconds: settings.certificateExpirationSeconds };
  const trial = grpcPairTrial(wanted, { subscription: ownClusterOf(names), clock });
  return {
    ofCluster: credential(clusterTemplate(names, request), trial),
    // These are for the hub's API server, to which there may be no way from here.
    ofAddOn: (template) => credential(template, async () => ({ kind: 'good' })),
  };
}

function probeOf(
  { clock }: AgentContext,
  {
    transport,
    hub,
    names,
  }: { readonly transport: EventTransport; readonly hub: EventClient; readonly names: AgentNames },
): HubProbe {
  const isConnected = (): boolean => hub.isConnected(ManagedCluster);
  return grpcProbe(transport, { subscription: ownClusterOf(names), clock, isConnected });
}

const ownClusterOf = ({ cluster }: AgentNames): EventSubscription => ({
  dataType: dataTypes.managedCluster,
  clusterName: cluster,
  source: '',
});
