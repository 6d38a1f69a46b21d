import { describe, expect, test } from '@jest/globals';
import { type CloudEvent, stringAttribute } from '../event.ts';
import { mqttRoutes, type MqttRole, type MqttTopics, problemOfTopic } from './mqtt-topics.ts';

const BUNDLES = 'io.open-cluster-management.works.v1alpha1.manifestbundles';
const topics: MqttTopics = {
  sourceEvents: 'sources/s1/clusters/+/sourceevents',
  agentEvents: 'sources/s1/clusters/+/agentevents',
  sourceBroadcast: 'sources/+/sourcebroadcast',
  agentBroadcast: 'clusters/+/agentbroadcast',
};
const agent: MqttRole = { kind: 'agent', clusterName: 'c1' };
const source: MqttRole = { kind: 'source', sourceId: 's1' };

function event(suffix: string, attributes: Record<string, string>): CloudEvent {
  const extensions = new Map(
    Object.entries(attributes).map(([name, value]) => [name, stringAttribute(value)] as const),
  );
  return { id: '1', source: 'x', type: `${BUNDLES}.${suffix}`, extensions };
}

describe('the form of a topic', () => {
  test.each([
    ['sourceEvents', 'sources/s1/clusters/+/sourceevents'],
    ['sourceEvents', 'hubs/hub-1/consumers/cluster-1/sourceevents'],
    ['sourceEvents', '$share/group-1/sources/s1/clusters/+/sourceevents'],
    ['agentEvents', 'sources/s1/clusters/+/agentevents'],
    ['sourceBroadcast', 'sources/+/sourcebroadcast'],
    ['agentBroadcast', '$share/g/clusters/+/agentbroadcast'],
  ] as const)('%s may be %s', (name, topic) => {
    expect(problemOfTopic(name, topic)).toBeUndefined();
  });

  test.each([
    ['sourceEvents', 'sources/S1/clusters/+/sourceevents'],
    ['sourceEvents', 'Sources/s1/clusters/+/sourceevents'],
    ['sourceEvents', 'sources/s1/sourceevents/clusters/+'],
    ['sourceEvents', 'sources/s1/clusters/+/agentevents'],
    ['sourceEvents', 'sources/s1/clusters/#'],
    ['sourceEvents', 'sources/s1/clusters/+/extra/sourceevents'],
    ['sourceEvents', '/sources/s1/clusters/+/sourceevents'],
    ['sourceEvents', 'sources//clusters/+/sourceevents'],
    ['sourceEvents', 'sources/s1/clusters/+/sourceevents\n'],
    ['sourceEvents', '$share/sources/s1/clusters/+/sourceevents'],
    ['agentEvents', 'sources/s1/clusters/+/sourceevents'],
    ['sourceBroadcast', 'sources/s_1/sourcebroadcast'],
    ['agentBroadcast', 'clusters/+/+/agentbroadcast'],
  ] as const)('[cloudevents-grpc 69] %s cannot be %j, and the message has the pattern', (name, topic) => {
    expect(problemOfTopic(name, topic)).toMatch(/it has to match \^/);
  });
});

describe('an agent', () => {
  test('subscribes to the events of its source for its cluster, and to the broadcasts of sources', () => {
    expect(mqttRoutes(topics, agent).subscriptions).toEqual([
      'sources/s1/clusters/c1/sourceevents',
      'sources/+/sourcebroadcast',
    ]);
  });

  test('subscribes with a group where one is configured, and publishes without it', () => {
    const shared = {
      ...topics,
      sourceEvents: `$share/g/${topics.sourceEvents}`,
      agentEvents: `$share/g/${topics.agentEvents}`,
    };
    const { subscriptions, topicOf } = mqttRoutes(shared, agent);
    expect(subscriptions[0]).toBe('$share/g/sources/s1/clusters/c1/sourceevents');
    expect(topicOf(event('status.update_request', { originalsource: 's1' }))).toBe(
      'sources/s1/clusters/c1/agentevents',
    );
  });

  test.each([
    { suffix: 'status.update_request', to: 's1', topic: 'sources/s1/clusters/c1/agentevents' },
    { suffix: 'status.resync_response', to: '', topic: 'sources/s1/clusters/c1/agentevents' },
    { suffix: 'spec.resync_request', to: 's1', topic: 'sources/s1/clusters/c1/agentevents' },
    { suffix: 'spec.resync_request', to: '', topic: 'clusters/c1/agentbroadcast' },
  ])('publishes $suffix for "$to" to $topic', ({ suffix, to, topic }) => {
    expect(mqttRoutes(topics, agent).topicOf(event(suffix, { originalsource: to }))).toBe(topic);
  });

  test('[cloudevents-grpc 68] without a topic for broadcasts, asks on the topic of its events', () => {
    const { topicOf } = mqttRoutes({ ...topics, agentBroadcast: undefined }, agent);
    expect(topicOf(event('spec.resync_request', { originalsource: '' }))).toBe('sources/s1/clusters/c1/agentevents');
  });

  test('cannot publish what does not say for whom it is', () => {
    const { topicOf } = mqttRoutes(topics, agent);
    expect(() => topicOf(event('status.update_request', {}))).toThrow(/originalsource is missing/);
  });

  test.each(['sourceEvents', 'agentEvents'] as const)(
    '[cloudevents-grpc trap 44] is refused a %s without a source',
    (name) => {
      const open = { ...topics, [name]: topics[name].replace('s1', '+') };
      expect(() => mqttRoutes(open, agent)).toThrow(/an agent needs the name of its source in it instead of \+/);
    },
  );

  test('is refused the topic of another cluster', () => {
    const other = { ...topics, agentEvents: 'sources/s1/clusters/c2/agentevents' };
    expect(() => mqttRoutes(other, agent)).toThrow(/this agent is that of cluster "c1"/);
  });
});

describe('a source', () => {
  test('subscribes to what agents publish, and to their broadcasts', () => {
    expect(mqttRoutes(topics, source).subscriptions).toEqual([
      'sources/s1/clusters/+/agentevents',
      'clusters/+/agentbroadcast',
    ]);
    expect(mqttRoutes({ ...topics, agentBroadcast: undefined }, source).subscriptions).toHaveLength(1);
  });

  test.each([
    { suffix: 'spec.create_request', cluster: 'c7', topic: 'sources/s1/clusters/c7/sourceevents' },
    { suffix: 'status.resync_request', cluster: 'c7', topic: 'sources/s1/clusters/c7/sourceevents' },
    { suffix: 'status.resync_request', cluster: '', topic: 'sources/s1/sourcebroadcast' },
  ])('publishes $suffix for "$cluster" to $topic', ({ suffix, cluster, topic }) => {
    expect(mqttRoutes(topics, source).topicOf(event(suffix, { clustername: cluster }))).toBe(topic);
  });

  test('[cloudevents-grpc 68] cannot ask all clusters without a topic for broadcasts', () => {
    const { topicOf } = mqttRoutes({ ...topics, sourceBroadcast: undefined }, source);
    expect(() => topicOf(event('status.resync_request', { clustername: '' }))).toThrow(
      /topics\.sourceBroadcast is not set/,
    );
  });

  test('cannot publish what does not say for whom it is', () => {
    const { topicOf } = mqttRoutes(topics, source);
    expect(() => topicOf(event('spec.update_request', {}))).toThrow(/clustername is missing/);
    expect(() => topicOf(event('spec.update_request', { clustername: '' }))).toThrow(/clustername is empty/);
  });

  test('does not publish to a cluster that its topic does not name', () => {
    const { topicOf } = mqttRoutes({ ...topics, sourceEvents: 'sources/s1/clusters/c1/sourceevents' }, source);
    expect(() => topicOf(event('spec.update_request', { clustername: 'c2' }))).toThrow(/not for cluster "c2"/);
    expect(topicOf(event('spec.update_request', { clustername: 'c1' }))).toBe('sources/s1/clusters/c1/sourceevents');
  });

  test.each(['sources/s1/clusters/c1/agentevents', 'clusters/c1/agentbroadcast'])(
    'takes from %s what is of the cluster that the topic names, and nothing else',
    (topic) => {
      const { checkSender } = mqttRoutes(topics, source);
      const suffix = 'status.update_request';
      expect(() => checkSender(topic, event(suffix, { clustername: 'c1' }))).not.toThrow();
      for (const clustername of ['c2', 'c', 'C1', '']) {
        expect(() => checkSender(topic, event(suffix, { clustername }))).toThrow(/which is not that of the topic/);
      }
    },
  );

  test('is refused topics of another source, and one to publish on without a source', () => {
    const other = { ...topics, agentEvents: 'sources/s2/clusters/+/agentevents' };
    expect(() => mqttRoutes(other, source)).toThrow(/the id of this source is "s1"/);
    const open = { ...topics, sourceEvents: 'sources/+/clusters/+/sourceevents' };
    expect(() => mqttRoutes(open, source)).toThrow(/a source needs its name in it instead of \+/);
  });
});
