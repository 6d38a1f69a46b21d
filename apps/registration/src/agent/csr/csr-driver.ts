import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { credentialKeys, ManagedCluster, signers } from '@ocm/api';
import { connect, kubeconfigFile } from '@ocm/kube';
import { type AgentContext, connectOptions } from '../agent-context.ts';
import { hubKubeconfigPath } from '../agent-settings.ts';
import { certificateCredentials, hubProbe, joinedKubeHub } from '../kube-hub.ts';
import type { BootstrapHub, JoinedHub, RegistrationDriver } from '../registration-driver.ts';
import { clusterTemplate } from './cluster-template.ts';
import { judgeCertificate } from './judge-certificate.ts';

/** Registration with certificates that the hub signs on request (registration 10.2). */
export function csrDriver(context: AgentContext, bootstrapPath: string): RegistrationDriver {
  const { certificateExpirationSeconds: expirationSeconds } = context.settings;
  const request = { signerName: signers.kubeClient, expirationSeconds };
  return {
    judge: judgeCertificate,
    kubeconfigUser: { 'client-certificate': credentialKeys.certificate, 'client-key': credentialKeys.privateKey },
    additionalData: {},
    channel: 'api',
    decorate: (cluster) => cluster,
    async connectBootstrap(names, signal): Promise<BootstrapHub> {
      await using open = new AsyncDisposableStack();
      const client = open.use(await connect(kubeconfigFile(bootstrapPath), connectOptions(context)));
      const kubeconfig = { text: await readFile(bootstrapPath, 'utf8'), path: bootstrapPath };
      const certificate = await certificateCredentials(context, { client, kubeconfig, names, signal });
      const owned = open.move();
      return {
        clusters: client.kind(ManagedCluster),
        credential: certificate(clusterTemplate(names, request)),
        probe: hubProbe(client, names),
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
    async connectJoined(kubeconfig, names, signal): Promise<JoinedHub> {
      await using open = new AsyncDisposableStack();
      // The text is fixed: should somebody spoil the file, this agent can still mend it. Certificate and key are re-read.
      const path = hubKubeconfigPath(context.settings);
      const source = { kind: 'text', text: kubeconfig, directory: dirname(path) } as const;
      const client = open.use(await connect(source, connectOptions(context)));
      const connection = { client, kubeconfig: { text: kubeconfig, path }, names, signal };
      const certificate = await certificateCredentials(context, connection);
      const credential = certificate(clusterTemplate(names, request));
      const owned = open.move();
      return {
        ...joinedKubeHub(context, connection, { certificate }),
        credential,
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  };
}
