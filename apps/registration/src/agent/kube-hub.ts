import {
  type CertificateSigningRequest,
  labels,
  Lease,
  ManagedCluster,
  ManagedClusterAddOn,
  type TokenRequest,
} from '@ocm/api';
import { eventRecorder, informer, type KubeClient } from '@ocm/kube';
import { type AgentContext, cacheOptions } from './agent-context.ts';
import type { CredentialDriver } from './credential/credential-driver.ts';
import { hubAddressOf } from './credential/hub-kubeconfig.ts';
import { csrCredential, type CsrTemplate } from './csr/csr-credential.ts';
import { servedCsrKind } from '../served-csr-kind.ts';
import { pairTrial } from './csr/try-certificate.ts';
import type { AgentNames } from './identity/complete-names.ts';
import type { AddOnHub, HubProbe, JoinedHub, ServiceAccountTokenRequest } from './registration-driver.ts';

// What drivers share for a hub whose API server they reach.

const PROBE_TIMEOUT_MS = 10_000;
const TOKEN_TIMEOUT_MS = 10_000;

export interface HubConnection {
  readonly client: KubeClient;
  /** The kubeconfig of that client. */
  readonly kubeconfig: { readonly text: string; readonly path: string };
  readonly names: AgentNames;
  readonly signal: AbortSignal;
}

/** Makes credentials whose certificates this hub signs: that of the cluster, and those of its add-ons. They share one cache. */
export async function certificateCredentials(
  context: AgentContext,
  { client, kubeconfig, names, signal }: HubConnection,
): Promise<(template: CsrTemplate) => CredentialDriver> {
  const { settings, clock } = context;
  const requests = client.kind(await servedCsrKind(client.mapper, settings.gates.V1beta1CSRAPICompatibility, signal));
  const cache = informer(requests, {
    ...cacheOptions(context),
    labelSelector: `${labels.clusterName}=${names.cluster}`,
    transform: withoutRequest,
  });
  const tryPair = pairTrial(hubAddressOf({ ...kubeconfig, what: 'kubeconfig of the hub' }), context);
  return (template) => csrCredential({ template, requests, cache, clock, tryPair });
}

/** The hub for a registered agent, without the agent's own credential, which is the driver's. Ends with the client. */
export function joinedKubeHub(
  context: AgentContext,
  { client, names }: Pick<HubConnection, 'client' | 'names'>,
  { certificate }: Pick<AddOnHub, 'certificate'>,
): Omit<JoinedHub, 'credential' | typeof Symbol.asyncDispose> {
  const { clock, log, random, instance: reportingInstance } = context;
  const options = cacheOptions(context);
  const addOns = client.kind(ManagedClusterAddOn);
  return {
    clusters: client.kind(ManagedCluster),
    // By name: the agent may see no other (registration 10.1).
    ownCluster: informer(client.kind(ManagedCluster), { ...options, fieldSelector: `metadata.name=${names.cluster}` }),
    leases: client.kind(Lease),
    events: eventRecorder({ client, clock, log, random, reportingController: 'klusterlet-agent', reportingInstance }),
    addOns: {
      live: addOns,
      cache: informer(addOns, { ...options, namespace: names.cluster }),
      certificate,
      requestToken: (request, signal) => requestToken(client, request, signal),
    },
    probe: hubProbe(client, names),
    reloadCredential: () => client.reloadCredential(),
  };
}

/** Asks for the agent's own cluster: that needs an identity, and little else. */
export function hubProbe(client: Pick<KubeClient, 'request'>, { cluster }: AgentNames): HubProbe {
  const { group, version, plural } = ManagedCluster;
  const path = `/apis/${group}/${version}/${plural}/${cluster}`;
  const headers = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' };
  return async (signal) => {
    const answer = await client.request({ method: 'GET', path, headers, timeoutMs: PROBE_TIMEOUT_MS, signal });
    const date = Date.parse(String(answer.headers['date']));
    return { status: answer.status, hubTime: Number.isNaN(date) ? undefined : new Date(date) };
  };
}

async function requestToken(
  client: Pick<KubeClient, 'request'>,
  { namespace, serviceAccount, expirationSeconds }: ServiceAccountTokenRequest,
  signal: AbortSignal,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const spec: TokenRequest['spec'] = { audiences: [], expirationSeconds };
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const answer = await client.request({ method: 'POST', path, body, timeoutMs: TOKEN_TIMEOUT_MS, signal });
  const { status, message } = parseAnswer(answer.body);
  if (typeof status === 'object' && status.token !== undefined) return status.token;
  const what = `service account ${namespace}/${serviceAccount}`;
  throw new Error(`the hub gives no token of ${what}: it answered ${answer.status}: ${message ?? 'without a token'}`);
}

interface TokenAnswer {
  /** A word when it is a refusal. */
  readonly status?: Partial<TokenRequest['status']> | string;
  readonly message?: string;
}

/** What is no JSON comes from a proxy, and is quoted. */
function parseAnswer(body: string): TokenAnswer {
  try {
    return JSON.parse(body) as TokenAnswer;
  } catch {
    return { message: body.slice(0, 200) };
  }
}

/** The answer is what is waited for; the question is known. */
function withoutRequest(csr: CertificateSigningRequest): CertificateSigningRequest {
  return { ...csr, spec: { request: '', signerName: csr.spec.signerName } };
}
