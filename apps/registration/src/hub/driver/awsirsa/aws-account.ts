import {
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  EKSClient,
  InvalidParameterException,
  ResourceInUseException,
  ResourceNotFoundException,
} from '@aws-sdk/client-eks';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  EntityAlreadyExistsException,
  IAMClient,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { eksHubRoleName, type EksCluster, iamRoleArn } from '@ocm/api';
import type { CallOptions, Clock } from '@ocm/kube';
import { type ClusterIdentity, trustPolicy } from './cluster-identity.ts';

/** The hub's own AWS account, as far as clusters get identities there. Every operation may be repeated. */
export interface AwsAccount {
  createIdentity(
    identity: ClusterIdentity,
    options: CallOptions & { readonly tags: Readonly<Record<string, string>> },
  ): Promise<void>;
  deleteIdentity(identity: Pick<ClusterIdentity, 'suffix' | 'cluster'>, options: CallOptions): Promise<void>;
}

export interface AwsAccountOptions {
  readonly hub: EksCluster;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Instead of those of AWS; without them the SDK also looks at AWS_ENDPOINT_URL and its kin. */
  readonly endpoints?: { readonly iam: string; readonly sts: string; readonly eks: string };
}

const TRIES = 10;
const LONGEST_PAUSE_MS = 100_000;
const TIMEOUTS = { connectionTimeout: 5000, requestTimeout: 15_000 };

/**
 * Reaches AWS with the credentials that the SDK finds: environment, shared files, web identity of the pod, metadata of the instance.
 *
 * @throws CredentialsProviderError when there are none
 */
export async function connectAwsAccount({ hub, clock, random, endpoints }: AwsAccountOptions): Promise<AwsAccount> {
  const optionsFor = (service: 'iam' | 'sts' | 'eks'): object => ({
    region: hub.region,
    requestHandler: TIMEOUTS,
    ...(endpoints === undefined ? {} : { endpoint: endpoints[service] }),
  });
  const iam = new IAMClient(optionsFor('iam'));
  const sts = new STSClient(optionsFor('sts'));
  const eks = new EKSClient(optionsFor('eks'));
  await sts.config.credentials();
  let account: string | undefined;

  /** The principal is in the account of our credentials, which need not be that of the cluster. */
  async function principal(suffix: string, { signal }: CallOptions): Promise<string> {
    account ??= (await sts.send(new GetCallerIdentityCommand(), { abortSignal: signal })).Account;
    if (account === undefined) throw new Error('AWS does not tell the account of the hub controller');
    return iamRoleArn(account, eksHubRoleName(suffix));
  }

  async function createEntry(command: CreateAccessEntryCommand, { signal }: CallOptions): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      try {
        await eks.send(command, { abortSignal: signal });
        return;
      } catch (error) {
        if (error instanceof ResourceInUseException) return;
        // EKS does not know the role yet: IAM takes its time.
        if (!(error instanceof InvalidParameterException) || tried === TRIES) throw error;
      }
      await clock.sleep(Math.min(LONGEST_PAUSE_MS, 2 ** tried * 500 * (1 + random())), signal);
      signal.throwIfAborted();
    }
  }

  async function isOurs(
    { suffix, cluster }: Pick<ClusterIdentity, 'suffix' | 'cluster'>,
    options: CallOptions,
  ): Promise<boolean> {
    const principalArn = await principal(suffix, options);
    const command = new DescribeAccessEntryCommand({ clusterName: hub.name, principalArn });
    try {
      const { accessEntry } = await eks.send(command, { abortSignal: options.signal });
      return accessEntry?.username === cluster;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return true;
      // Installations of older days have no right to look; they trust the annotations.
      if (error instanceof Error && error.name === 'AccessDeniedException') return true;
      throw error;
    }
  }

  return {
    async createIdentity(identity, { tags, signal }) {
      const role = new CreateRoleCommand({
        RoleName: eksHubRoleName(identity.suffix),
        AssumeRolePolicyDocument: JSON.stringify(trustPolicy(hub, identity)),
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      });
      await expecting(EntityAlreadyExistsException, iam.send(role, { abortSignal: signal }));
      const entry = new CreateAccessEntryCommand({
        clusterName: hub.name,
        principalArn: await principal(identity.suffix, { signal }),
        username: identity.cluster,
        kubernetesGroups: [identity.group],
        ...(Object.keys(tags).length === 0 ? {} : { tags }),
      });
      await createEntry(entry, { signal });
    },
    async deleteIdentity(identity, { signal }) {
      // The annotations that led here can be written by the agent; it must not take the identity of another cluster away.
      if (!(await isOurs(identity, { signal }))) return;
      const principalArn = await principal(identity.suffix, { signal });
      const entry = new DeleteAccessEntryCommand({ clusterName: hub.name, principalArn });
      await expecting(ResourceNotFoundException, eks.send(entry, { abortSignal: signal }));
      const role = new DeleteRoleCommand({ RoleName: eksHubRoleName(identity.suffix) });
      await expecting(NoSuchEntityException, iam.send(role, { abortSignal: signal }));
    },
  };
}

type ErrorClass = abstract new (...parameters: never[]) => Error;

/** An error that says that nothing is left to do is no error. */
async function expecting(settled: ErrorClass, request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof settled)) throw error;
  }
}
