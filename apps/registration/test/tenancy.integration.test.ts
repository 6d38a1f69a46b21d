import { clusterGroup, clusterUser, managedClustersGroup } from '@ocm/api';
import { connect, type KubeClient, reviewAccess } from '@ocm/kube';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

// What an agent may do on the hub is asked for every verb on every resource that discovery names (registration 8.4).

/** Verbs that no resource lists in discovery: escalations, and the virtual ones of this product. */
const SPECIAL_VERBS = ['approve', 'bind', 'escalate', 'impersonate', 'join', 'renew', 'sign', 'subscribe'];
/** Resources that exist in rules only. */
const VIRTUAL: readonly ServedResource[] = [
  ['cluster.open-cluster-management.io', 'managedclustersets', 'bind'],
  ['cluster.open-cluster-management.io', 'managedclustersets', 'join'],
  ['register.open-cluster-management.io', 'managedclusters', 'accept'],
  ['register.open-cluster-management.io', 'managedclusters', 'clientcertificates'],
].map(([group = '', resource = '', subresource = '']) => ({
  group,
  resource,
  subresource,
  namespaced: false,
  verbs: ['create', 'update'],
}));

interface ServedResource {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

let lab: HubLab;
let agent: KubeClient;
let served: readonly ServedResource[];
const OWN = 'tenant';
const OTHER = 'neighbour';
const AGENT = {
  user: clusterUser({ cluster: OWN, agent: 'agent1' }),
  groups: [clusterGroup(OWN), managedClustersGroup, 'system:authenticated'],
};
const STRANGER = { user: 'somebody', groups: ['system:authenticated'] };

beforeAll(async () => {
  lab = await startHubLab();
  await lab.startHub();
  await Promise.all([clusterActor(lab, OWN).createAccepted(), clusterActor(lab, OTHER).createAccepted()]);
  const text = await lab.controlPlane.kubeconfig({ user: AGENT.user, groups: AGENT.groups.slice(0, 2) });
  const source = { kind: 'text', text, directory: lab.controlPlane.directory } as const;
  agent = await connect(source, { userAgent: 'test-agent', signal: lab.signal });
  served = [...(await discover()), ...VIRTUAL];
});
afterAll(async () => {
  await agent.close();
  await lab[Symbol.asyncDispose]();
});

const namespaced = (): readonly ServedResource[] => served.filter((resource) => resource.namespaced);

/** Where a right is asked for. */
interface Place {
  readonly namespace?: string;
  readonly name?: string;
}

/** The rights an agent has beyond those of everybody with a valid certificate, as `verb group/resource/subresource`. */
async function rightsIn(place: Place, resources = served): Promise<readonly string[]> {
  const questions = resources.flatMap((resource) => verbsOf(resource).map((verb) => ({ ...resource, verb })));
  const answers = await Promise.all(
    questions.map(async ({ group, resource, subresource, verb }) => {
      const attributes = { group, resource, subresource, verb, ...place };
      const [ours, anybodys] = await Promise.all(
        [AGENT, STRANGER].map((who) =>
          reviewAccess(lab.admin, { ...who, resource: attributes }, { signal: lab.signal }),
        ),
      );
      const right = `${verb} ${[group, resource, subresource].filter((part) => part !== '').join('/')}`;
      return ours?.allowed === true && anybodys?.allowed !== true ? [right] : [];
    }),
  );
  return answers.flat().toSorted();
}

function verbsOf({ verbs }: ServedResource): readonly string[] {
  return [...new Set([...verbs, ...SPECIAL_VERBS])];
}

async function discover(): Promise<readonly ServedResource[]> {
  const groups = await read<{ groups: readonly { preferredVersion: { groupVersion: string } }[] }>('/apis');
  const versions = ['v1', ...groups.groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const lists = await Promise.all(
    versions.map(async (version) => {
      const path = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
      type List = { resources: readonly { name: string; namespaced: boolean; verbs: readonly string[] }[] };
      const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
      return (await read<List>(path)).resources.map(({ name, namespaced, verbs }) => {
        const [resource = name, subresource = ''] = name.split('/');
        return { group, resource, subresource, namespaced, verbs };
      });
    }),
  );
  return lists.flat();
}

async function read<T>(path: string): Promise<T> {
  const { status, body } = await lab.admin.request({ method: 'GET', path, signal: lab.signal });
  expect([path, status]).toEqual([path, 200]);
  return JSON.parse(body) as T;
}

test('discovery names what a hub serves', () => {
  expect(served.length).toBeGreaterThan(100);
});

test('an agent has no right at all in the namespace of another cluster', async () => {
  expect(await rightsIn({ namespace: OTHER }, namespaced())).toEqual([]);
});

test('an agent has no right on the ManagedCluster of another cluster, nor on the permission objects of any', async () => {
  const onObjects = served.filter(({ resource }) => /managedclusters|clusterroles|clusterrolebindings/.test(resource));
  const cluster = onObjects.filter(({ group }) => group === 'cluster.open-cluster-management.io');
  expect(await rightsIn({ name: OTHER }, cluster)).toEqual([]);
  const rbac = onObjects.filter(({ group }) => group === 'rbac.authorization.k8s.io');
  expect(await rightsIn({ name: `open-cluster-management:managedcluster:${OWN}` }, rbac)).toEqual([]);
});

test('the cluster-wide rights of an agent are requests for certificates and the renewal of its own', async () => {
  expect(await rightsIn({})).toEqual([
    'create certificates.k8s.io/certificatesigningrequests',
    'get certificates.k8s.io/certificatesigningrequests',
    'list certificates.k8s.io/certificatesigningrequests',
    'renew register.open-cluster-management.io/managedclusters/clientcertificates',
    'watch certificates.k8s.io/certificatesigningrequests',
  ]);
});

test('on its own ManagedCluster an agent may read, update and report', async () => {
  const clusters = served.filter(({ resource }) => resource === 'managedclusters');
  const own = (await rightsIn({ name: OWN }, clusters)).filter((right) => !right.startsWith('renew '));
  expect(own).toEqual([
    'get cluster.open-cluster-management.io/managedclusters',
    'list cluster.open-cluster-management.io/managedclusters',
    'patch cluster.open-cluster-management.io/managedclusters/status',
    'update cluster.open-cluster-management.io/managedclusters',
    'update cluster.open-cluster-management.io/managedclusters/status',
    'watch cluster.open-cluster-management.io/managedclusters',
  ]);
});

test('in its own namespace an agent has the rights of registration and work, and no other', async () => {
  expect(await rightsIn({ namespace: OWN }, namespaced())).toEqual(
    [
      ...['get', 'list', 'update', 'watch'].map((verb) => `${verb} coordination.k8s.io/leases`),
      ...['get', 'list', 'watch'].map((verb) => `${verb} addon.open-cluster-management.io/managedclusteraddons`),
      ...['patch', 'update'].map((verb) => `${verb} addon.open-cluster-management.io/managedclusteraddons/status`),
      ...['create', 'patch', 'update'].flatMap((verb) => [`${verb} events`, `${verb} events.k8s.io/events`]),
      ...['get', 'list', 'watch', 'update', 'patch'].map(
        (verb) => `${verb} work.open-cluster-management.io/manifestworks`,
      ),
      ...['patch', 'update'].map((verb) => `${verb} work.open-cluster-management.io/manifestworks/status`),
    ].toSorted(),
  );
});

test('the API server refuses what the rules refuse: every kind of the neighbour, and the list over all clusters', async () => {
  const readable = served.filter(({ subresource, verbs }) => subresource === '' && verbs.includes('list'));
  const refused = readable.filter((resource) => resource.namespaced).map((resource) => pathOf(resource, OTHER));
  refused.push(
    '/apis/cluster.open-cluster-management.io/v1/managedclusters',
    `/apis/cluster.open-cluster-management.io/v1/managedclusters/${OTHER}`,
    '/apis/work.open-cluster-management.io/v1/manifestworks',
  );
  const statuses = await Promise.all(
    refused.map(async (path) => [path, (await agent.request({ method: 'GET', path, signal: lab.signal })).status]),
  );
  expect(statuses).toEqual(refused.map((path) => [path, 403]));
});

function pathOf({ group, resource }: ServedResource, namespace: string): string {
  return `${group === '' ? '/api/v1' : `/apis/${group}/${VERSIONS.get(group) ?? 'v1'}`}/namespaces/${namespace}/${resource}`;
}

/** Authorization comes before the version is looked at, save for groups that are not served in v1 at all. */
const VERSIONS = new Map([
  ['addon.open-cluster-management.io', 'v1alpha1'],
  ['about.k8s.io', 'v1alpha1'],
]);

test('a denied agent keeps a look at its own ManagedCluster, and nothing else', async () => {
  const cluster = clusterActor(lab, 'outcast');
  await cluster.createAccepted();
  await cluster.deny();
  await until(async () => (await cluster.permissions()).work === undefined, { describe: 'the work binding is gone' });
  const groups = [clusterGroup('outcast'), managedClustersGroup, 'system:authenticated'];
  const who = { user: clusterUser({ cluster: 'outcast', agent: 'agent1' }), groups };
  const questions = [
    { group: 'cluster.open-cluster-management.io', resource: 'managedclusters', verb: 'get', name: 'outcast' },
    { group: 'cluster.open-cluster-management.io', resource: 'managedclusters', verb: 'update', name: 'outcast' },
    { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', verb: 'create' },
    {
      group: 'register.open-cluster-management.io',
      resource: 'managedclusters',
      subresource: 'clientcertificates',
      verb: 'renew',
    },
    { group: 'coordination.k8s.io', resource: 'leases', verb: 'update', namespace: 'outcast' },
    { group: 'work.open-cluster-management.io', resource: 'manifestworks', verb: 'list', namespace: 'outcast' },
  ];
  const allowed = (): Promise<readonly boolean[]> =>
    Promise.all(
      questions.map(
        async (resource) => (await reviewAccess(lab.admin, { ...who, resource }, { signal: lab.signal })).allowed,
      ),
    );
  // The API server looks rules up in a cache, which is a little behind.
  await until(async () => expect(await allowed()).toEqual([true, false, false, false, false, false]) === undefined, {
    describe: 'all other rights are gone',
  });
});
