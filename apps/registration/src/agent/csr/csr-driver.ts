import {
  type CertificateSigningRequest,
  clusterGroup,
  credentialKeys,
  labels,
  Lease,
  ManagedCluster,
  managedClustersGroup,
  signers,
} from '@ocm/api';
import { connect, eventRecorder, informer, type KubeClient, kubeconfigFile } from '@ocm/kube';
import { type AgentContext, cacheOptions, connectOptions } from '../agent-context.ts';
import type { CredentialDriver } from '../credential/credential-driver.ts';
import { type AgentNames, userOf } from '../identity/complete-names.ts';
import type { BootstrapHub, JoinedHub, RegistrationDriver } from '../registration-driver.ts';
import { csrCredential, type CsrTemplate } from './csr-credential.ts';
import { servedCsrKind } from './csr-kind.ts';
import { judgeCertificate } from './judge-certificate.ts';

/** Registration with certificates that the hub signs on request (registration 10.2). */
export function csrDriver(context: AgentContext, bootstrapKubeconfig: string): RegistrationDriver {
  return {
    judge: judgeCertificate,
    kubeconfigUser: { 'client-certificate': credentialKeys.certificate, 'client-key': credentialKeys.privateKey },
    additionalData: {},
    decorate: (cluster) => cluster,
    async connectBootstrap(names, signal): Promise<BootstrapHub> {
      await using open = new AsyncDisposableStack();
      const client = open.use(await connect(kubeconfigFile(bootstrapKubeconfig), connectOptions(context)));
      const credential = await clusterCredential(client, context, { names, signal });
      const owned = open.move();
      return {
        clusters: client.kind(ManagedCluster),
        credential,
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
    async connectJoined(kubeconfig, names, signal): Promise<JoinedHub> {
      await using open = new AsyncDisposableStack();
      // The text is fixed: should somebody spoil the file, this agent can still mend it. Certificate and key are re-read.
      const source = { kind: 'text', text: kubeconfig, directory: context.settings.hubKubeconfigDir } as const;
      const client = open.use(await connect(source, connectOptions(context)));
      const credential = await clusterCredential(client, context, { names, signal });
      const { clock, log, random, instance } = context;
      const owned = open.move();
      return {
        clusters: client.kind(ManagedCluster),
        ownCluster: informer(client.kind(ManagedCluster), {
          ...cacheOptions(context),
          fieldSelector: `metadata.name=${names.cluster}`,
        }),
        leases: client.kind(Lease),
        events: eventRecorder({
          client,
          clock,
          log,
          random,
          reportingController: 'klusterlet-agent',
          reportingInstance: instance,
        }),
        credential,
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  };
}

async function clusterCredential(
  client: KubeClient,
  context: AgentContext,
  { names, signal }: { readonly names: AgentNames; readonly signal: AbortSignal },
): Promise<CredentialDriver> {
  const { settings, clock, random } = context;
  const requests = client.kind(await servedCsrKind(client.mapper, settings.gates.V1beta1CSRAPICompatibility, signal));
  const cache = informer(requests, {
    ...cacheOptions(context),
    labelSelector: `${labels.clusterName}=${names.cluster}`,
    transform: withoutRequest,
  });
  const template = clusterTemplate(names, settings.certificateExpirationSeconds);
  return csrCredential({ template, requests, cache, clock, random });
}

function clusterTemplate(names: AgentNames, expirationSeconds: number): CsrTemplate {
  return {
    namePrefix: `${names.cluster}-`,
    labels: { [labels.clusterName]: names.cluster },
    signerName: signers.kubeClient,
    subject: {
      commonName: userOf(names),
      organizations: [clusterGroup(names.cluster), managedClustersGroup],
      organizationalUnits: [],
    },
    expirationSeconds,
  };
}

/** The answer is what is waited for; the question is known. */
function withoutRequest(csr: CertificateSigningRequest): CertificateSigningRequest {
  return { ...csr, spec: { request: '', signerName: csr.spec.signerName } };
}
