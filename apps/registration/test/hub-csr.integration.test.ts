import { clusterGroup } from '@ocm/api';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, test } from '@jest/globals';
import { agentOf, CsrRequests, type Requester, type Wish } from './csr-requests.ts';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

let lab: HubLab;
let requests: CsrRequests;

beforeAll(async () => {
  lab = await startHubLab();
  requests = new CsrRequests(lab);
  await requests.allowEverybody();
  await lab.startHub();
  await Promise.all(['mine', 'victim', 'victims'].map(accept));
});
afterAll(async () => lab[Symbol.asyncDispose]());

const accept = (name: string): Promise<void> => clusterActor(lab, name).createAccepted();

test("[registration 12] a renewal by the accepted agent's own user is approved", async () => {
  await accept('renewing');
  await requests.expectApproved(await requests.make(agentOf('renewing'), 'renewing'));
});

test('[registration 17] the common group may be missing from the request', async () => {
  await accept('plain');
  const organizations = [clusterGroup('plain')];
  await requests.expectApproved(await requests.make(agentOf('plain'), 'plain', { organizations }));
});

test('[registration 15] a renewal of a denied cluster is not approved', async () => {
  await accept('trusted');
  const c = clusterActor(lab, 'expelled');
  await c.createAccepted();
  await c.deny();
  await until(async () => (await c.condition('HubAcceptedManagedCluster'))?.status === 'False', {
    describe: 'denied',
  });
  await requests.expectIgnored([await requests.make(agentOf('expelled'), 'expelled')], 'trusted');
});

test('[registration 20] a first request waits for a human', async () => {
  await accept('patient');
  await requests.expectIgnored([await requests.make({ user: 'bootstrap' }, 'patient')], 'patient');
});

// Nobody gets the identity of another with the certificate of another cluster.

const mine = agentOf('mine');
const victim = agentOf('victim');
const victims = agentOf('victims');

interface Forgery {
  readonly what: string;
  readonly as: Requester;
  /** Whose request it pretends to be. */
  readonly of: string;
  readonly wish?: Wish;
}

const FORGERIES: readonly Forgery[] = [
  { what: 'a complete request of another cluster', as: mine, of: 'victim' },
  { what: 'the groups of another cluster', as: mine, of: 'mine', wish: { organizations: victim.groups } },
  { what: 'the name of another agent', as: mine, of: 'mine', wish: { commonName: victim.user } },
  { what: 'the label of another cluster', as: mine, of: 'mine', wish: { label: 'victim' } },
  {
    what: 'one more group, that of another cluster',
    as: mine,
    of: 'mine',
    wish: { organizations: [...mine.groups, clusterGroup('victim')] },
  },
  {
    what: 'one more group, that of administrators',
    as: mine,
    of: 'mine',
    wish: { organizations: [...mine.groups, 'cluster-admins'] },
  },
  { what: 'no group of a cluster', as: mine, of: 'mine', wish: { organizations: ['cluster-admins'] } },
  {
    what: 'a cluster whose name begins with that of the victim',
    as: victims,
    of: 'victims',
    wish: { label: 'victim', organizations: victim.groups },
  },
  {
    what: 'a user name without an agent',
    as: { user: clusterGroup('mine') },
    of: 'mine',
    wish: { commonName: clusterGroup('mine') },
  },
  {
    what: 'a user name with a part too many',
    as: { user: `${mine.user}:more`, groups: mine.groups },
    of: 'mine',
    wish: { commonName: `${mine.user}:more` },
  },
  { what: 'another signer', as: mine, of: 'mine', wish: { signerName: 'example.com/other' } },
  { what: 'the right name without the groups that may renew', as: { user: victim.user }, of: 'victim' },
  { what: 'a claim about who makes the request', as: mine, of: 'victim', wish: { username: victim.user } },
];

test.each(FORGERIES)('[registration 16] a forged request stays without conditions: $what', async ({ as, of, wish }) => {
  await requests.expectIgnored([await requests.make(as, of, wish)], 'mine');
});
