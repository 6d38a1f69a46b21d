import { describe, expect, test } from '@jest/globals';
import type { AddOnRegistration, ManagedClusterAddOn } from '@ocm/api';
import { anAddOn } from '@ocm/testing';
import { type AddOnCredential, credentialId, credentialsOf, declareDriver } from './add-on-registrations.ts';
import { planCredentials } from './plan-credentials.ts';

const KUBE = { type: 'kubeClient', kubeClient: {} } as const;
const SIGNER = { type: 'customSigner', customSigner: { signerName: 'example.com/a/b' } } as const;
const USER = 'system:open-cluster-management:cluster:c1:addon:proxy:agent:proxy';
const GROUP = 'system:open-cluster-management:cluster:c1:addon:proxy';
const ACCOUNT = 'system:serviceaccount:c1:proxy-agent';

const addOn = (registrations: readonly AddOnRegistration[], namespace = 'ns'): ManagedClusterAddOn =>
  anAddOn({ name: 'proxy', namespace: 'c1', status: { registrations, namespace } });

describe('declareDriver', () => {
  test.each([
    { what: 'a missing block is made', before: [{ type: 'kubeClient' }], want: [{ driver: 'csr' }] },
    {
      what: 'a subject stays',
      before: [{ type: 'kubeClient', kubeClient: { subject: { user: 'u' } } }],
      want: [{ driver: 'csr', subject: { user: 'u' } }],
    },
    { what: 'only the first', before: [SIGNER, KUBE, KUBE], want: [undefined, { driver: 'csr' }, {}] },
    {
      what: 'that of the token driver goes',
      before: [{ type: 'kubeClient', kubeClient: { driver: 'token', subject: { user: ACCOUNT } } }],
      want: [{ driver: 'csr' }],
    },
  ] as const)('[registration 57] csr: $what', ({ before, want }) => {
    const registrations = declareDriver(addOn(before), 'csr', 'c1')?.registrations;
    expect(registrations?.map(({ kubeClient }) => kubeClient)).toEqual(want);
  });

  test('[registration 61] token: the subject is the service account, without groups', () => {
    const before = [
      { type: 'kubeClient', kubeClient: { driver: 'csr', subject: { user: 'u', groups: ['g'] } } },
    ] as const;
    const after = declareDriver(addOn(before), 'token', 'c1');
    expect(after?.registrations).toEqual([
      { type: 'kubeClient', kubeClient: { driver: 'token', subject: { user: ACCOUNT } } },
    ]);
    expect(
      declareDriver({ ...addOn([]), ...(after === undefined ? {} : { status: after }) }, 'token', 'c1'),
    ).toBeUndefined();
  });

  test.each([[[]], [[SIGNER]], [[{ type: 'kubeClient', kubeClient: { driver: 'csr' } }]]] as const)(
    'nothing has to change in %j',
    (registrations) => {
      expect(declareDriver(addOn(registrations), 'csr', 'c1')).toBeUndefined();
    },
  );
});

describe('credentialsOf', () => {
  const place = { addOn: 'proxy', outside: false };

  test('[registration 57] a kubeClient gets the default subject', () => {
    expect(credentialsOf(addOn([KUBE]), 'csr', 'c1')).toEqual([
      {
        kind: 'kube-certificate',
        ...place,
        secret: { namespace: 'ns', name: 'proxy-hub-kubeconfig' },
        subject: { commonName: USER, organizations: [GROUP], organizationalUnits: [] },
      },
    ]);
  });

  test('[registration 59] a custom signer gets a secret of its own, and the default user alone', () => {
    expect(credentialsOf(addOn([SIGNER]), 'token', 'c1')).toEqual([
      {
        kind: 'certificate',
        ...place,
        secret: { namespace: 'ns', name: 'proxy-example.com-a-b-client-cert' },
        signerName: 'example.com/a/b',
        subject: { commonName: USER, organizations: [], organizationalUnits: [] },
      },
    ]);
  });

  test('a given subject is taken', () => {
    const subject = { user: 'u', groups: ['g'], organizationUnits: ['o'] };
    const given = addOn([
      { type: 'customSigner', customSigner: { signerName: 's.io/a', subject } },
      { type: 'kubeClient', kubeClient: { subject: { user: 'k', groups: ['g'] } } },
    ]);
    expect(credentialsOf(given, 'csr', 'c1').map((one) => ('subject' in one ? one.subject : undefined))).toEqual([
      { commonName: 'u', organizations: ['g'], organizationalUnits: ['o'] },
      { commonName: 'k', organizations: ['g'], organizationalUnits: [] },
    ]);
  });

  test.each([
    { what: 'no block', registration: { type: 'kubeClient' } },
    { what: 'no signer', registration: { type: 'customSigner' } },
    { what: 'an unknown type', registration: { type: 'other' } as unknown as AddOnRegistration },
  ] as const)('a registration with $what is skipped', ({ registration }) => {
    expect(credentialsOf(addOn([registration as AddOnRegistration]), 'csr', 'c1')).toEqual([]);
  });

  test('two registrations for one secret are one', () => {
    expect(credentialsOf(addOn([KUBE, KUBE]), 'csr', 'c1')).toHaveLength(1);
  });

  test('[registration 60] subject, signer, namespace and place make another credential, health does not', () => {
    const base = addOn([KUBE]);
    const hosted = {
      ...base,
      metadata: { ...base.metadata, annotations: { 'addon.open-cluster-management.io/hosting-cluster-name': 'h' } },
    };
    const others = [
      addOn([{ ...KUBE, kubeClient: { subject: { user: 'u' } } }]),
      addOn([SIGNER]),
      addOn([KUBE], 'other'),
      hosted,
    ];
    const ids = [base, ...others].flatMap((one) => credentialsOf(one, 'csr', 'c1').map((each) => credentialId(each)));
    expect(new Set(ids).size).toBe(5);
  });
});

const CREDENTIALS = credentialsOf(addOn([KUBE, SIGNER]), 'csr', 'c1');
const pick = (numbers: readonly number[]): readonly AddOnCredential[] =>
  numbers.flatMap((number) => CREDENTIALS[number] ?? []);

describe('planCredentials', () => {
  test.each([
    { kept: [], wanted: [0, 1], want: { stop: [], start: [0, 1] } },
    { kept: [0, 1], wanted: [0, 1], want: { stop: [], start: [] } },
    { kept: [0, 1], wanted: [1], want: { stop: [0], start: [] } },
    { kept: [0], wanted: [1], want: { stop: [0], start: [1] } },
  ])('from $kept to $wanted: $want', ({ kept, wanted, want }) => {
    expect(planCredentials(pick(kept), pick(wanted))).toEqual({ stop: pick(want.stop), start: pick(want.start) });
  });
});
