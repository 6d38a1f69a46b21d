import {
  ConfigMap,
  type Container,
  CustomResourceDefinition,
  Deployment,
  Event,
  Lease,
  type LeaseSpec,
  Namespace,
  Node,
  Pod,
  Secret,
  Service,
  ServiceAccount,
} from '@ocm/api';
import { aCondition, base, BUILT_AT, given, type Named, type Placed } from './metadata.ts';

/** A namespace. */
export function aNamespace(over: Named = {}): Namespace {
  return base(Namespace, over, { name: 'namespace1' });
}

/** A ConfigMap with one key. */
export function aConfigMap(over: Placed & { readonly data?: Readonly<Record<string, string>> } = {}): ConfigMap {
  return { ...base(ConfigMap, over, { name: 'config1', namespace: 'default' }), data: over.data ?? { key: 'value' } };
}

export interface SecretOver extends Placed {
  readonly type?: string;
  /** Plain text; the object carries it in base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** A Secret without content, of the type Opaque. */
export function aSecret(over: SecretOver = {}): Secret {
  const { type = 'Opaque', data = {} } = over;
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return {
    ...base(Secret, over, { name: 'secret1', namespace: 'default' }),
    type,
    data: Object.fromEntries(encoded) as Record<string, string>,
  };
}

/** A lease that is renewed every 60 s; a test gives `renewTime`. */
export function aLease(over: Placed & LeaseSpec = {}): Lease {
  const { holderIdentity = 'holder1', leaseDurationSeconds = 60, renewTime, acquireTime, leaseTransitions } = over;
  return {
    ...base(Lease, over, { name: 'lease1', namespace: 'default' }),
    spec: { holderIdentity, leaseDurationSeconds, ...given({ renewTime, acquireTime, leaseTransitions }) },
  };
}

export interface NodeOver extends Named {
  readonly ready?: boolean;
  readonly unschedulable?: boolean;
  readonly capacity?: Readonly<Record<string, string>>;
  readonly allocatable?: Readonly<Record<string, string>>;
}

/** A node that is ready, with 4 cores and 8 GiB. */
export function aNode(over: NodeOver = {}): Node {
  const { ready = true, unschedulable, capacity = { cpu: '4', memory: '8Gi' }, allocatable = capacity } = over;
  return {
    ...base(Node, over, { name: 'node1' }),
    spec: given({ unschedulable }),
    status: { capacity, allocatable, conditions: [aCondition({ type: 'Ready', status: ready ? 'True' : 'False' })] },
  };
}

/** A service account. */
export function aServiceAccount(over: Placed = {}): ServiceAccount {
  return base(ServiceAccount, over, { name: 'serviceaccount1', namespace: 'default' });
}

/** A Service with one port. */
export function aService(over: Placed & { readonly port?: number } = {}): Service {
  return {
    ...base(Service, over, { name: 'service1', namespace: 'default' }),
    spec: { selector: { app: 'app1' }, ports: [{ port: over.port ?? 80, protocol: 'TCP' }] },
  };
}

export interface PodOver extends Placed {
  readonly containers?: readonly Container[];
  readonly serviceAccount?: string;
  readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
}

/** A Pod with one container. */
export function aPod(over: PodOver = {}): Pod {
  const { containers = [{ name: 'main', image: 'example.com/app:1' }], serviceAccount, phase } = over;
  return {
    ...base(Pod, over, { name: 'pod1', namespace: 'default' }),
    spec: { containers, ...given({ serviceAccountName: serviceAccount }) },
    ...(phase === undefined ? {} : { status: { phase } }),
  };
}

export interface DeploymentOver extends Placed {
  readonly replicas?: number;
  readonly image?: string;
  readonly status?: Deployment['status'];
}

/** A Deployment of one replica. */
export function aDeployment(over: DeploymentOver = {}): Deployment {
  const { replicas = 1, image = 'example.com/app:1', status } = over;
  const app = { app: over.name ?? 'deployment1' };
  return {
    ...base(Deployment, over, { name: 'deployment1', namespace: 'default' }),
    spec: {
      replicas,
      selector: { matchLabels: app },
      template: { metadata: { labels: app }, spec: { containers: [{ name: 'main', image }] } },
    },
    ...given({ status }),
  };
}

/** A Normal event about a namespace. */
export function anEvent(over: Placed & { readonly reason?: string; readonly note?: string } = {}): Event {
  const { reason = 'Tested', note = 'It was tested.' } = over;
  return {
    ...base(Event, over, { name: 'event1', namespace: 'default' }),
    eventTime: BUILT_AT.replace('Z', '.000000Z'),
    type: 'Normal',
    reason,
    note,
    action: 'Test',
    regarding: { apiVersion: 'v1', kind: 'Namespace', name: over.namespace ?? 'default' },
    reportingController: 'open-cluster-management.io/test',
    reportingInstance: 'test-1',
  };
}

export interface CustomResourceDefinitionOver extends Omit<Named, 'name'> {
  readonly group?: string;
  readonly kind?: string;
  readonly plural?: string;
  readonly scope?: 'Cluster' | 'Namespaced';
}

/** A kind of one version, v1, whose objects may hold anything. */
export function aCustomResourceDefinition(over: CustomResourceDefinitionOver = {}): CustomResourceDefinition {
  const { group = 'example.com', kind = 'Thing', plural = `${kind.toLowerCase()}s`, scope = 'Namespaced' } = over;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    ...base(CustomResourceDefinition, over, { name: `${plural}.${group}` }),
    spec: {
      group,
      scope,
      names: { kind, plural },
      versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}
