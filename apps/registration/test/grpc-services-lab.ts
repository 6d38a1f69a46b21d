import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { clusterGroup, clusterUser, type KubeObject, managedClustersGroup, type PolicyRule } from '@ocm/api';
import { type DataType, formatDataType } from '@ocm/cloudevents';
import { grantRights } from '@ocm/testing';
import type { Ended, RawAttribute, RawClient, RawEvent, RawStream } from './grpc-client.ts';
import { GRPC_SERVER_USER, type RunningGrpcServer, startGrpcLab } from './grpc-lab.ts';
import { sourceSubscriptionRules } from './grpc-server-role.ts';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';
import { bootstrapRules } from './registration-agent-roles.ts';
import { startWebhookLab } from './webhook-lab.ts';

/** A hub with its controller, and the gRPC server beside it with exactly the rights of its service account. */
export interface ServicesLab extends HubLab {
  readonly server: RunningGrpcServer;
  /** Ends the hub's controller, for tests that want nobody else to write. */
  stopHub(): Promise<void>;
  /** The agent of a cluster, which is created and accepted. */
  addAgent(cluster: string): Promise<Peer>;
  /** Somebody who may do on the hub what the rules say. */
  addPeer(user: string, rules: readonly PolicyRule[]): Promise<Peer>;
  /** With the rights of an agent that has not joined yet. */
  readonly bootstrap: Peer;
}

/** Somebody with a connection to the server. */
export interface Peer {
  readonly user: string;
  readonly client: RawClient;
  publish(message: Message): Promise<Ended>;
  /** Resolves when the server has admitted the stream. */
  listen(cluster: string, dataType: DataType): Promise<RawStream>;
}

/** What is published. */
export interface Message {
  /** `clustername` */
  readonly cluster: string;
  readonly dataType: DataType;
  /** `spec.create_request` … */
  readonly action: string;
  readonly payload?: object | undefined;
  readonly source?: string;
  /** Further extensions; a number is an integer, a Date a timestamp. */
  readonly extensions?: Readonly<Record<string, string | number | Date>>;
}

export async function startServicesLab({
  sources = false,
  webhooks = false,
}: { readonly sources?: boolean; readonly webhooks?: boolean } = {}): Promise<ServicesLab> {
  await using open = new AsyncDisposableStack();
  const hub = open.use(await (webhooks ? startWebhookLab() : startHubLab()));
  const controller = open.use(await hub.startHub());
  const grpc = open.use(await startGrpcLab(hub.controlPlane));
  if (sources) await grant(hub, GRPC_SERVER_USER, sourceSubscriptionRules);
  const server = await grpc.startServer({ heartbeatMs: undefined, sourceSubscriptions: sources });
  const peer = async (user: string, groups: readonly string[] = []): Promise<Peer> =>
    peerOf(user, own.use(server.connect({ certificate: await grpc.clientCertificate({ user, groups }) })));
  const addPeer = async (user: string, rules: readonly PolicyRule[]): Promise<Peer> => {
    await grant(hub, user, rules);
    return peer(user);
  };
  const own = open.move();
  return {
    ...hub,
    server,
    stopHub: () => controller.stop(),
    addPeer,
    bootstrap: await addPeer('bootstrap', bootstrapRules),
    async addAgent(cluster) {
      await clusterActor(hub, cluster).createAccepted();
      return peer(clusterUser({ cluster, agent: 'agent1' }), [clusterGroup(cluster), managedClustersGroup]);
    },
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  };
}

function peerOf(user: string, client: RawClient): Peer {
  return {
    user,
    client,
    publish: (message) => client.publish(rawEvent(message)),
    listen: (cluster, dataType) => client.subscribe({ cluster, dataType: formatDataType(dataType) }),
  };
}

function rawEvent({ cluster, dataType, action, payload, source = cluster, extensions = {} }: Message): RawEvent {
  const given = Object.entries(extensions).map(([name, value]) => [`ce-${name}`, rawAttribute(value)]);
  return {
    id: randomUUID(),
    source,
    spec_version: '1.0',
    type: `${formatDataType(dataType)}.${action}`,
    attributes: {
      'ce-clustername': rawAttribute(cluster),
      'ce-originalsource': rawAttribute(''),
      ...Object.fromEntries(given),
    },
    ...(payload === undefined ? {} : { binary_data: Buffer.from(JSON.stringify(payload)) }),
  };
}

function rawAttribute(value: string | number | Date): RawAttribute {
  if (typeof value === 'string') return { ce_string: value };
  if (typeof value === 'number') return { ce_integer: value };
  return { ce_timestamp: { seconds: Math.floor(value.getTime() / 1000) } };
}

function grant({ admin, signal }: HubLab, user: string, rules: readonly PolicyRule[]): Promise<void> {
  return grantRights(admin, { name: `test:${user}`, to: { user }, rules }, signal);
}

/** An extension of an event; `undefined` when it is not there. */
export function extension({ attributes }: RawEvent, name: string): string | number | object | undefined {
  const { ce_string: text, ce_integer: integer, ce_timestamp: time } = attributes[`ce-${name}`] ?? {};
  return text ?? integer ?? time;
}

/** What an event carries; `undefined` when it carries nothing. */
export function payloadOf({ binary_data: data }: RawEvent): unknown {
  return data === undefined || data.length === 0 ? undefined : JSON.parse(data.toString());
}

/** The object of a Kubernetes kind that an event carries. */
export function objectOf(event: RawEvent): KubeObject | undefined {
  return payloadOf(event) as KubeObject | undefined;
}

/** `spec.create_request` … */
export function actionOf({ type }: RawEvent): string {
  return type.split('.').slice(-2).join('.');
}

/** `OK`, `PERMISSION_DENIED` … */
export function codeOf({ code }: Ended): string {
  return status[code];
}

/** The Kubernetes error in a refusal (cloudevents-grpc 2.8). */
export function nativeError({ code, details }: Ended): { readonly code: number; readonly reason: string } {
  if (code !== status.FAILED_PRECONDITION) throw new Error(`the call ended with ${status[code]}: ${details}`);
  const { ErrStatus } = JSON.parse(details) as {
    readonly ErrStatus: { readonly code: number; readonly reason: string };
  };
  return { code: ErrStatus.code, reason: ErrStatus.reason };
}
