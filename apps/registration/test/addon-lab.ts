import {
  type AddOnRegistration,
  type CertificateSigningRequest,
  type Condition,
  findCondition,
  type KubeObject,
  ManagedClusterAddOn,
  type ManagedClusterAddOnStatus,
  Namespace,
  Secret,
} from '@ocm/api';
import { until } from '@ocm/testing';
import type { AgentLab, AgentRunOptions, JoiningCluster, RunningAgent } from './agent-lab.ts';

const ADD_ON_LABEL = 'open-cluster-management.io/addon-name';
export const KUBE_CLIENT: AddOnRegistration = { type: 'kubeClient', kubeClient: {} };

/** A cluster that has joined, for add-ons. */
export interface AddOnLab {
  readonly cluster: JoiningCluster;
  readonly agent: RunningAgent;
}

export async function joined(lab: AgentLab, name: string, options: AgentRunOptions = {}): Promise<AddOnLab> {
  const cluster = await lab.cluster(name);
  const agent = await cluster.start(options);
  await cluster.admit();
  return { cluster, agent };
}

/** An add-on on a cluster, as its manager and its administrators see it. */
export interface AddOnActor {
  readonly name: string;
  /** Creates it with this status. */
  create(over?: AddOnOver): Promise<void>;
  delete(): Promise<void>;
  find(): Promise<ManagedClusterAddOn | undefined>;
  writeStatus(change: Partial<ManagedClusterAddOnStatus>): Promise<void>;
  condition(type: string): Promise<Condition | undefined>;
  untilCondition(type: string, status: string): Promise<Condition>;
  requests(): Promise<readonly CertificateSigningRequest[]>;
  /** Waits for a request beside those that have been decided, and approves it. */
  approveNext(): Promise<CertificateSigningRequest>;
  /** Text of the keys of a secret in the install namespace. */
  secret(name?: string, namespace?: string): Promise<Readonly<Record<string, string>> | undefined>;
  untilSecret(name?: string, namespace?: string): Promise<Readonly<Record<string, string>>>;
  untilNoSecret(name?: string): Promise<void>;
}

export interface AddOnOver {
  readonly registrations?: readonly AddOnRegistration[];
  /** Install namespace; default that of the actor. */
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly status?: Partial<ManagedClusterAddOnStatus>;
}

export interface AddOnPlace {
  readonly cluster: JoiningCluster;
  readonly name: string;
  /** Where its agent is installed; made when it does not exist, unless `bare`. */
  readonly namespace: string;
}

export async function makeNamespace(lab: AgentLab, name: string): Promise<void> {
  await lab.admin.kind(Namespace).create({ metadata: { name } }, { signal: lab.hub.signal });
}

const isOpen = ({ status }: CertificateSigningRequest): boolean => (status?.conditions ?? []).length === 0;

export function addOnActor({ admin, hub }: AgentLab, { cluster, name, namespace }: AddOnPlace): AddOnActor {
  const { signal } = hub;
  const addOns = admin.kind(ManagedClusterAddOn);
  const ref = { namespace: cluster.name, name };
  const kubeconfigSecret = `${name}-hub-kubeconfig`;
  const actor: AddOnActor = {
    name,
    async create({ registrations = [KUBE_CLIENT], annotations, status, namespace: install = namespace } = {}) {
      const metadata: KubeObject['metadata'] = { ...ref, ...(annotations === undefined ? {} : { annotations }) };
      await addOns.create({ metadata, spec: {} }, { signal });
      await actor.writeStatus({ namespace: install, registrations, ...status });
    },
    delete: async () => void (await addOns.delete(ref, { signal })),
    find: () => addOns.find(ref, { signal }),
    async writeStatus(change) {
      await addOns.mergePatch(ref, { status: change }, { signal, subresource: 'status' });
    },
    condition: async (type) => findCondition((await actor.find())?.status?.conditions, type),
    async untilCondition(type, status) {
      const check = async (): Promise<Condition | undefined> => {
        const condition = await actor.condition(type);
        return condition?.status === status ? condition : undefined;
      };
      return until(check, { describe: `add-on ${name} has ${type}=${status}` });
    },
    async requests() {
      return (await cluster.requests()).filter(({ metadata }) => metadata.labels?.[ADD_ON_LABEL] === name);
    },
    async approveNext() {
      const request = await until(async () => (await actor.requests()).find(isOpen), {
        describe: `add-on ${name} asks for a certificate`,
      });
      await cluster.approveRequest(request);
      return request;
    },
    async secret(secret = kubeconfigSecret, place = namespace) {
      const found = await admin.kind(Secret).find({ namespace: place, name: secret }, { signal });
      if (found === undefined) return undefined;
      const entries = Object.entries(found.data ?? {}).map(([key, value]) => [
        key,
        Buffer.from(value, 'base64').toString(),
      ]);
      return Object.fromEntries(entries) as Record<string, string>;
    },
    untilSecret: (secret, place) =>
      until(() => actor.secret(secret, place), { describe: `secret ${secret ?? kubeconfigSecret} of ${name}` }),
    async untilNoSecret(secret) {
      await until(async () => (await actor.secret(secret)) === undefined, {
        describe: `secret ${secret ?? kubeconfigSecret} of ${name} is gone`,
      });
    },
  };
  return actor;
}
