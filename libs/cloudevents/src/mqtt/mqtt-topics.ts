import { KubeError } from '@ocm/kube';
import { ConfigError } from '@ocm/service';
import { type CloudEvent, EventError } from '../event.ts';
import { extensions } from '../event-metadata.ts';
import { parseEventType } from '../event-type.ts';
import { findString, requireString } from '../read-extension.ts';

/** Topics as configured (cloudevents-grpc 18.2); `+` stands where a name is filled in, or any will do. */
export interface MqttTopics {
  readonly sourceEvents: string;
  readonly agentEvents: string;
  readonly sourceBroadcast: string | undefined;
  readonly agentBroadcast: string | undefined;
}

/** On which side of the broker a client is. */
export type MqttRole =
  { readonly kind: 'agent'; readonly clusterName: string } | { readonly kind: 'source'; readonly sourceId: string };

/** Where events come from and go to. */
export interface MqttRoutes {
  readonly subscriptions: readonly string[];
  /** Throws EventError when the event does not say for whom it is, KubeError `config` when no topic is configured for it. */
  readonly topicOf: (event: CloudEvent) => string;
  /**
   * Throws EventError when an event says that it is of another cluster than its topic: who may write to which topic is all that the broker knows
   * of access (cloudevents-grpc 18.2).
   */
  readonly checkSender: (topic: string, event: CloudEvent) => void;
}

/** The topics that a configuration may have. */
export const topicNames = ['sourceEvents', 'agentEvents', 'sourceBroadcast', 'agentBroadcast'] as const;
type TopicName = (typeof topicNames)[number];

const SHARED = String.raw`^(\$share/[a-z0-9-]+/)?`;
const WORD = '[a-z0-9-]+';
const NAME = String.raw`([a-z0-9-]+|\+)`;
const PATTERNS: Readonly<Record<TopicName, RegExp>> = {
  sourceEvents: new RegExp(`${SHARED}${WORD}/${NAME}/${WORD}/${NAME}/sourceevents$`),
  agentEvents: new RegExp(`${SHARED}${WORD}/${NAME}/${WORD}/${NAME}/agentevents$`),
  sourceBroadcast: new RegExp(`${SHARED}${WORD}/${NAME}/sourcebroadcast$`),
  agentBroadcast: new RegExp(`${SHARED}${WORD}/${NAME}/agentbroadcast$`),
};

/** Why the text cannot be that topic, with the pattern that it has to match; `undefined` when it can. */
export function problemOfTopic(name: TopicName, topic: string): string | undefined {
  const pattern = PATTERNS[name];
  return pattern.test(topic) ? undefined : `${name} is "${topic}"; it has to match ${pattern.source}`;
}

/**
 * The routes of one client (cloudevents-grpc 18.2).
 *
 * @throws ConfigError when the topics are another's, or lack a name that the client needs to publish
 */
export function mqttRoutes(topics: MqttTopics, role: MqttRole): MqttRoutes {
  return role.kind === 'agent' ? agentRoutes(topics, role.clusterName) : sourceRoutes(topics, role.sourceId);
}

function agentRoutes(topics: MqttTopics, cluster: string): MqttRoutes {
  for (const name of ['sourceEvents', 'agentEvents'] as const) checkAgentTopic(name, topics[name], cluster);
  const { sourceBroadcast, agentBroadcast } = topics;
  const agentEvents = withLast(published(topics.agentEvents), cluster);
  const broadcast = agentBroadcast === undefined ? agentEvents : withLast(published(agentBroadcast), cluster);
  return {
    subscriptions: present([withLast(topics.sourceEvents, cluster), sourceBroadcast]),
    topicOf(event) {
      const originalSource = requireString(event, extensions.originalSource);
      return isResync(event) && originalSource === '' ? broadcast : agentEvents;
    },
    checkSender: () => undefined, // what is for another cluster is dropped, whoever has sent it
  };
}

/** An agent serves one source: where `+` is in the place of the source, nobody can tell where to publish (cloudevents-grpc 18.2). */
function checkAgentTopic(name: TopicName, topic: string, cluster: string): void {
  const { source, cluster: named } = namesOf(topic);
  const what = `topics.${name} is "${topic}"`;
  if (source === '+') throw new ConfigError([`${what}; an agent needs the name of its source in it instead of +`]);
  if (named !== '+' && named !== cluster)
    throw new ConfigError([`${what}; this agent is that of cluster "${cluster}"`]);
}

function sourceRoutes(topics: MqttTopics, sourceId: string): MqttRoutes {
  const { agentBroadcast, sourceBroadcast } = topics;
  const sourceEvents = published(topics.sourceEvents);
  if (namesOf(topics.sourceEvents).source === '+') {
    const what = `topics.sourceEvents is "${topics.sourceEvents}"`;
    throw new ConfigError([`${what}; a source needs its name in it instead of +`]);
  }
  if (namesOf(topics.agentEvents).source !== sourceId) {
    throw new ConfigError([`topics.agentEvents is "${topics.agentEvents}"; the id of this source is "${sourceId}"`]);
  }
  return {
    subscriptions: present([topics.agentEvents, agentBroadcast]),
    topicOf(event) {
      const cluster = requireString(event, extensions.clusterName);
      if (cluster !== '') return clusterTopic(sourceEvents, cluster);
      if (!isResync(event)) throw new EventError(`extension attribute ${extensions.clusterName} is empty`);
      if (sourceBroadcast !== undefined) return published(sourceBroadcast).replace('+', sourceId);
      throw new KubeError('topics.sourceBroadcast is not set: all clusters cannot be asked at once', {
        code: 'config',
      });
    },
    checkSender: checkCluster,
  };
}

/** The last name in a topic is that of the cluster, be it for events or for broadcasts of agents. */
function checkCluster(topic: string, event: CloudEvent): void {
  const cluster = findString(event, extensions.clusterName);
  if (cluster === undefined || cluster === topic.split('/').at(-2)) return;
  throw new EventError(`extension attribute ${extensions.clusterName} is "${cluster}", which is not that of the topic`);
}

function clusterTopic(topic: string, cluster: string): string {
  const { cluster: named } = namesOf(topic);
  if (named === '+') return topic.replace('+', cluster);
  if (named === cluster) return topic;
  throw new EventError(`topics.sourceEvents is "${topic}", which is not for cluster "${cluster}"`);
}

function isResync({ type }: CloudEvent): boolean {
  return parseEventType(type).action === 'resync_request';
}

/** Who is named in a topic for events, `<word>/<source>/<word>/<cluster>/…`. */
function namesOf(topic: string): { readonly source: string | undefined; readonly cluster: string | undefined } {
  const [, source, , cluster] = published(topic).split('/');
  return { source, cluster };
}

/** Sharing is for subscribers. */
function published(topic: string): string {
  return topic.replace(/^\$share\/[^/]+\//, '');
}

function withLast(topic: string, name: string): string {
  return topic.replace(/\+(?=[^+]*$)/, name);
}

function present(topics: readonly (string | undefined)[]): readonly string[] {
  return topics.filter((topic) => topic !== undefined);
}
