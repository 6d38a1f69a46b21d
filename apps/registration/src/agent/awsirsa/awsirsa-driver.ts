import { dirname } from 'node:path';
import { annotations, credentialKeys, eksHubRoleName, iamRoleArn, ManagedCluster, type NewObject } from '@ocm/api';
import { connect, informer, kubeconfigFile } from '@ocm/kube';
import { type AgentContext, cacheOptions, connectOptions } from '../agent-context.ts';
import { hubKubeconfigPath } from '../agent-settings.ts';
import { certificateCredentials, hubProbe, joinedKubeHub } from '../kube-hub.ts';
import type { BootstrapHub, CredentialVerdict, JoinedHub, RegistrationDriver } from '../registration-driver.ts';
import { awsIdentity, type AwsIdentity } from './aws-identity.ts';
import { awsirsaCredential } from './awsirsa-credential.ts';

/** The command line of AWS, where the init container of the agent puts it. */
export const AWS_COMMAND = '/awscli/dist/aws';

/**
 * Registration of an EKS cluster at an EKS hub: the agent takes an IAM role on (registration 10.3).
 *
 * @throws ConfigError when the flags with the ARNs are missing or wrong
 */
export function awsirsaDriver(context: AgentContext, bootstrapPath: string): RegistrationDriver {
  const { settings, awsCommand } = context;
  const identity = awsIdentity(settings);
  return {
    judge: ({ [credentialKeys.clusterName]: stored }, { cluster }) => judgeName(stored, cluster),
    kubeconfigUser: { exec: execOf(identity, awsCommand) },
    additionalData: {},
    channel: 'api',
    decorate: (cluster) => withAwsAnnotations(cluster, identity),
    async connectBootstrap(names): Promise<BootstrapHub> {
      const client = await connect(kubeconfigFile(bootstrapPath), connectOptions(context));
      const clusters = client.kind(ManagedCluster);
      const fieldSelector = `metadata.name=${names.cluster}`;
      const ownCluster = informer(clusters, { ...cacheOptions(context), fieldSelector });
      return {
        clusters,
        credential: awsirsaCredential(ownCluster, names.cluster),
        probe: hubProbe(client, names),
        [Symbol.asyncDispose]: () => client.close(),
      };
    },
    async connectJoined(kubeconfig, names, signal): Promise<JoinedHub> {
      await using open = new AsyncDisposableStack();
      const path = hubKubeconfigPath(settings);
      const source = { kind: 'text', text: kubeconfig, directory: dirname(path) } as const;
      const client = open.use(await connect(source, connectOptions(context)));
      const connection = { client, kubeconfig: { text: kubeconfig, path }, names, signal };
      // Add-ons have certificates or tokens as they have elsewhere.
      const certificate = await certificateCredentials(context, connection);
      const hub = joinedKubeHub(context, connection, { certificate });
      const owned = open.move();
      return {
        ...hub,
        credential: awsirsaCredential(hub.ownCluster, names.cluster),
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  };
}

/** Nothing in the files ends; but they may be those of another cluster, which an agent was before it was renamed. */
function judgeName(stored: string | undefined, cluster: string): CredentialVerdict {
  if (stored === undefined || stored === cluster) return { kind: 'valid' };
  return { kind: 'invalid', reason: `the credential is that of cluster "${stored}"` };
}

/** How a client gets a token: the command takes the role of this pair of clusters on. */
function execOf({ hub, suffix }: AwsIdentity, command: string): object {
  return {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    args: [
      '--region',
      hub.region,
      'eks',
      'get-token',
      '--cluster-name',
      hub.name,
      '--output',
      'json',
      '--role',
      iamRoleArn(hub.account, eksHubRoleName(suffix)),
    ],
    command,
  };
}

function withAwsAnnotations(
  cluster: NewObject<ManagedCluster>,
  { managedArn, suffix }: AwsIdentity,
): NewObject<ManagedCluster> {
  const { metadata } = cluster;
  const added = {
    [annotations.managedClusterArn]: managedArn,
    [annotations.managedClusterIamRoleSuffix]: suffix,
  };
  return { ...cluster, metadata: { ...metadata, annotations: { ...metadata.annotations, ...added } } };
}
