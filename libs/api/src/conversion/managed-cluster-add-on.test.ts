import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { annotations } from '../contract/annotations.ts';
import { signers } from '../contract/signers.ts';
import type { ManagedClusterAddOn } from '../generated/managed-cluster-add-on.ts';
import type { ManagedClusterAddOnV1alpha1 } from '../generated/managed-cluster-add-on-v1alpha1.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { managedClusterAddOnToV1alpha1, managedClusterAddOnToV1beta1 } from './managed-cluster-add-on.ts';

const NAMESPACE = annotations.addOnInstallNamespace;
const metadata = { name: 'proxy', namespace: 'c1', uid: '1', labels: { a: 'b' } };

describe('install namespace', () => {
  test.each([
    { installNamespace: 'agents', before: undefined, after: { [NAMESPACE]: 'agents' } },
    { installNamespace: 'agents', before: { mine: '1' }, after: { mine: '1', [NAMESPACE]: 'agents' } },
    { installNamespace: 'agents', before: { [NAMESPACE]: 'old' }, after: { [NAMESPACE]: 'agents' } },
    { installNamespace: '', before: { mine: '1' }, after: { mine: '1' } },
    { installNamespace: undefined, before: undefined, after: undefined },
  ])('$installNamespace with annotations $before shows in v1beta1 as $after', ({ installNamespace, before, after }) => {
    const addOn = {
      metadata: before ? { ...metadata, annotations: before } : metadata,
      spec: installNamespace === undefined ? {} : { installNamespace },
    };
    expect(managedClusterAddOnToV1beta1(addOn)).toEqual({
      metadata: after ? { ...metadata, annotations: after } : metadata,
      spec: {},
    });
  });

  test.each([
    { before: { [NAMESPACE]: 'agents' }, spec: { installNamespace: 'agents' }, after: undefined },
    { before: { [NAMESPACE]: 'agents', mine: '1' }, spec: { installNamespace: 'agents' }, after: { mine: '1' } },
    { before: { [NAMESPACE]: '' }, spec: {}, after: undefined },
    { before: { mine: '1' }, spec: {}, after: { mine: '1' } },
    { before: undefined, spec: {}, after: undefined },
  ])('of annotations $before shows in v1alpha1 as $spec, and $after stay', ({ before, spec, after }) => {
    const addOn = { metadata: before ? { ...metadata, annotations: before } : metadata, spec: {} };
    expect(managedClusterAddOnToV1alpha1(addOn)).toEqual({
      metadata: after ? { ...metadata, annotations: after } : metadata,
      spec,
    });
  });
});

const subject = { user: 'u', groups: ['g'] };

describe('registrations', () => {
  test.each([
    {
      case: 'kubeClient with driver',
      v1alpha1: { kubeClientDriver: 'token', registrations: [{ signerName: signers.kubeClient, subject }] },
      v1beta1: { registrations: [{ type: 'kubeClient', kubeClient: { subject, driver: 'token' } }] },
    },
    {
      case: 'several kubeClients, which share the driver',
      v1alpha1: {
        kubeClientDriver: 'csr',
        registrations: [{ signerName: signers.kubeClient, subject }, { signerName: signers.kubeClient }],
      },
      v1beta1: {
        registrations: [
          { type: 'kubeClient', kubeClient: { subject, driver: 'csr' } },
          { type: 'kubeClient', kubeClient: { driver: 'csr' } },
        ],
      },
    },
    {
      case: 'kubeClient without a subject',
      v1alpha1: { registrations: [{ signerName: signers.kubeClient }] },
      v1beta1: { registrations: [{ type: 'kubeClient', kubeClient: {} }] },
    },
    {
      case: 'custom signer with organizational units',
      v1alpha1: {
        registrations: [{ signerName: 'example.com/s', subject: { ...subject, organizationUnit: ['o'] } }],
      },
      v1beta1: {
        registrations: [
          {
            type: 'customSigner',
            customSigner: { signerName: 'example.com/s', subject: { ...subject, organizationUnits: ['o'] } },
          },
        ],
      },
    },
    {
      case: 'custom signer with an empty subject',
      v1alpha1: { registrations: [{ signerName: 'example.com/s', subject: {} }] },
      v1beta1: {
        registrations: [{ type: 'customSigner', customSigner: { signerName: 'example.com/s', subject: {} } }],
      },
    },
    {
      case: 'custom signer without its block',
      v1alpha1: { registrations: [{ signerName: '' }] },
      v1beta1: { registrations: [{ type: 'customSigner' }] },
    },
  ] as const)('$case: both versions show the same', ({ v1alpha1, v1beta1 }) => {
    expect(managedClusterAddOnToV1beta1({ metadata, spec: {}, status: v1alpha1 }).status).toEqual(v1beta1);
    expect(managedClusterAddOnToV1alpha1({ metadata, spec: {}, status: v1beta1 }).status).toEqual(v1alpha1);
  });

  test('organizational units of a kubeClient are lost', () => {
    const status = {
      registrations: [{ signerName: signers.kubeClient, subject: { organizationUnit: ['o'], user: 'u' } }],
    };
    expect(managedClusterAddOnToV1beta1({ metadata, spec: {}, status }).status).toEqual({
      registrations: [{ type: 'kubeClient', kubeClient: { subject: { user: 'u' } } }],
    });
  });

  test('the driver of v1alpha1 is that of the first kubeClient with a block', () => {
    const registrations = [
      { type: 'customSigner', customSigner: { signerName: 'example.com/s' } },
      { type: 'kubeClient' },
      { type: 'kubeClient', kubeClient: { driver: 'csr' } },
      { type: 'kubeClient', kubeClient: { driver: 'token' } },
    ] as const;
    const { status } = managedClusterAddOnToV1alpha1({ metadata, spec: {}, status: { registrations } });
    expect(status?.kubeClientDriver).toBe('csr');
  });
});

describe('status', () => {
  const desiredConfig = { namespace: 'n', name: 'x', specHash: 'h' };

  test('names of config references are those of the desired configs', () => {
    const reference = {
      group: 'g',
      resource: 'r',
      lastObservedGeneration: 2,
      desiredConfig,
      lastAppliedConfig: desiredConfig,
    };
    const older = { ...reference, name: 'x', namespace: 'n' };
    expect(managedClusterAddOnToV1beta1({ metadata, spec: {}, status: { configReferences: [older] } }).status).toEqual({
      configReferences: [reference],
    });
    expect(
      managedClusterAddOnToV1alpha1({ metadata, spec: {}, status: { configReferences: [reference] } }).status,
    ).toEqual({ configReferences: [older] });
  });

  test('a config reference without a desired config has no name', () => {
    const status = { configReferences: [{ resource: 'r' }] };
    expect(managedClusterAddOnToV1alpha1({ metadata, spec: {}, status }).status).toEqual(status);
  });

  test('what both versions have is copied, the deprecated reference is lost', () => {
    const common = {
      namespace: 'agents',
      healthCheck: { mode: 'Customized' },
      conditions: [],
      addOnMeta: { displayName: 'Proxy' },
      supportedConfigs: [{ resource: 'r' }],
      relatedObjects: [{ group: '', resource: 'r', name: 'x' }],
    } as const;
    const status = { ...common, addOnConfiguration: { crName: 'x' } };
    expect(managedClusterAddOnToV1beta1({ metadata, spec: {}, status }).status).toEqual(common);
    expect(managedClusterAddOnToV1alpha1({ metadata, spec: {}, status: common }).status).toEqual(common);
  });
});

const text = fc.string({ minLength: 1, maxLength: 8 });
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const anySubject = record({ user: text, groups: fc.array(text) });
const anyConfig = fc.record({ name: text, namespace: text, specHash: text });
const anyNewer = fc.record({
  metadata: fc.record({ name: text, annotations: fc.dictionary(text, text, { minKeys: 1 }) }),
  spec: record({ configs: fc.array(fc.record({ resource: text, name: text })) }),
  status: record({
    namespace: text,
    configReferences: fc.array(fc.record({ resource: text, desiredConfig: anyConfig })),
    registrations: fc.array(
      fc.oneof(
        record({ subject: anySubject }).map((kubeClient) => ({ type: 'kubeClient', kubeClient })),
        fc
          .record({ signerName: text, subject: anySubject })
          .map((customSigner) => ({ type: 'customSigner', customSigner })),
      ),
    ),
  }),
}) as fc.Arbitrary<ManagedClusterAddOn>;

test('v1beta1 survives the way through v1alpha1', () => {
  fc.assert(
    fc.property(anyNewer, (addOn) => {
      expect(managedClusterAddOnToV1beta1(managedClusterAddOnToV1alpha1(addOn))).toEqual(addOn);
    }),
  );
});

test('v1alpha1 survives the way through v1beta1, but for what v1beta1 does not know', () => {
  fc.assert(
    fc.property(anyNewer, record({ installNamespace: text, crName: text }), (newer, { installNamespace, crName }) => {
      const known = managedClusterAddOnToV1alpha1(newer);
      const addOn = {
        ...known,
        spec: { ...known.spec, ...(installNamespace && { installNamespace }) },
        status: { ...known.status, ...(crName && { addOnConfiguration: { crName } }) },
      } as ManagedClusterAddOnV1alpha1;
      const back = managedClusterAddOnToV1alpha1(managedClusterAddOnToV1beta1(addOn));
      const { addOnConfiguration: _lost, ...status } = addOn.status ?? {};
      expect(semanticEqual(back, { ...addOn, status })).toBe(true);
    }),
  );
});
