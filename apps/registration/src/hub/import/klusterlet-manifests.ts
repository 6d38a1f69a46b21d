import { agentSecrets, type EmbeddedObject, imagePullSecret, namespaces } from '@ocm/api';
import { klusterletOperatorRules } from './klusterlet-operator-rules.ts';
import type { KlusterletValues } from './klusterlet-values.ts';

const NAME = 'klusterlet';
const PRIORITY = 1_000_000;

/** Where and as what the chart is rendered. */
export interface Release {
  readonly namespace: string;
  /** Tag of the images when the values name none. */
  readonly version: string;
}

/**
 * Everything that the klusterlet chart installs besides its CRD, in the order in which it is applied (operator 10.4). The one definition of
 * these objects: a chart has to render the same from the same values. Hosted modes need an operator that runs already.
 */
export function klusterletManifests(values: KlusterletValues, release: Release): readonly EmbeddedObject[] {
  const { mode, create } = values.klusterlet;
  const isHosted = mode === 'Hosted' || mode === 'SingletonHosted';
  const target = { agentNamespace: agentNamespaceOf(values, isHosted), isHosted };
  return [
    ...(values.createNamespace ? [namespaceOf(release.namespace)] : []),
    ...bootstrapObjects(values, release, target.agentNamespace),
    ...(values.images.imageCredentials.createImageCredentials ? [pullSecret(values, release)] : []),
    ...(values.noOperator || isHosted ? [] : operatorObjects(values, release)),
    ...(create ? [klusterlet(values, release, target)] : []),
  ];
}

function agentNamespaceOf({ klusterlet: { namespace, clusterName } }: KlusterletValues, isHosted: boolean): string {
  if (namespace !== '') return namespace;
  return isHosted ? `${namespaces.operator}-${clusterName}` : namespaces.agent;
}

function namespaceOf(name: string): EmbeddedObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function bootstrapObjects(
  { bootstrapHubKubeConfig }: KlusterletValues,
  release: Release,
  namespace: string,
): readonly EmbeddedObject[] {
  if (bootstrapHubKubeConfig === '') return [];
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: agentSecrets.bootstrapKubeconfig, namespace },
    type: 'Opaque',
    data: { kubeconfig: base64(bootstrapHubKubeConfig) },
  };
  return [...(namespace === release.namespace ? [] : [namespaceOf(namespace)]), secret];
}

function pullSecret({ images }: KlusterletValues, { namespace }: Release): EmbeddedObject {
  const { userName, password, dockerConfigJson } = images.imageCredentials;
  const auth = { auths: { [images.registry]: { auth: base64(`${userName}:${password}`) } } };
  const content = userName !== '' && password !== '' ? JSON.stringify(auth) : dockerConfigJson || '{}';
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: imagePullSecret, namespace },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': base64(content) },
  };
}

function operatorObjects(values: KlusterletValues, release: Release): readonly EmbeddedObject[] {
  const { namespace } = release;
  const rbac = 'rbac.authorization.k8s.io';
  return [
    ...(values.priorityClassName === '' ? [] : [priorityClass(values.priorityClassName)]),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: NAME, namespace },
      imagePullSecrets: [{ name: imagePullSecret }],
    },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: NAME }, rules: klusterletOperatorRules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
    },
    operatorDeployment(values, release),
  ];
}

function priorityClass(name: string): EmbeddedObject {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value: PRIORITY,
    globalDefault: false,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}

function operatorDeployment(values: KlusterletValues, release: Release): EmbeddedObject {
  const { namespace } = release;
  const app = { app: NAME };
  const { nodeSelector, tolerations, priorityClassName } = values;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace, labels: app },
    spec: {
      replicas: values.replicaCount,
      selector: { matchLabels: app },
      template: {
        metadata: {
          annotations: { 'target.workload.openshift.io/management': '{"effect": "PreferredDuringScheduling"}' },
          labels: app,
        },
        spec: {
          affinity: { podAntiAffinity: apart() },
          serviceAccountName: NAME,
          securityContext: { runAsNonRoot: true },
          ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
          ...(tolerations.length === 0 ? {} : { tolerations }),
          ...(priorityClassName === '' ? {} : { priorityClassName }),
          containers: [operatorContainer(values, release)],
          volumes: [{ name: 'tmpdir', emptyDir: {} }],
        },
      },
    },
  };
}

/** Replicas keep away from each other where there is room. */
function apart(): object {
  const preferred = [
    { weight: 70, topologyKey: 'failure-domain.beta.kubernetes.io/zone' },
    { weight: 30, topologyKey: 'kubernetes.io/hostname' },
  ];
  const labelSelector = { matchExpressions: [{ key: 'app', operator: 'In', values: [NAME] }] };
  return {
    preferredDuringSchedulingIgnoredDuringExecution: preferred.map(({ weight, topologyKey }) => ({
      weight,
      podAffinityTerm: { topologyKey, labelSelector },
    })),
  };
}

function operatorContainer(values: KlusterletValues, { version }: Release): object {
  const { images, resources, enableSyncLabels } = values;
  const probe = { httpGet: { path: '/healthz', scheme: 'HTTPS', port: 8443 }, initialDelaySeconds: 2 };
  return {
    name: NAME,
    image: imageOf(images, { name: 'registration-operator', override: images.overrides.operatorImage, version }),
    imagePullPolicy: images.imagePullPolicy,
    args: ['/registration-operator', 'klusterlet', ...(enableSyncLabels ? ['--enable-sync-labels'] : [])],
    env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    resources,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    },
    livenessProbe: { ...probe, periodSeconds: 10 },
    readinessProbe: probe,
    volumeMounts: [{ name: 'tmpdir', mountPath: '/tmp' }],
  };
}

function klusterlet(
  values: KlusterletValues,
  { version }: Release,
  { agentNamespace, isHosted }: { readonly agentNamespace: string; readonly isHosted: boolean },
): EmbeddedObject {
  const { images, priorityClassName, klusterlet: given } = values;
  const { clusterName, mode, externalServerURLs, resourceRequirement } = given;
  const { nodePlacement, registrationConfiguration, workConfiguration } = given;
  const image = (name: string, override: string): string => imageOf(images, { name, override, version });
  const optional = {
    externalServerURLs,
    resourceRequirement,
    nodePlacement,
    registrationConfiguration,
    workConfiguration,
    priorityClassName,
  };
  return {
    apiVersion: 'operator.open-cluster-management.io/v1',
    kind: 'Klusterlet',
    metadata: { name: given.name || (isHosted ? `${NAME}-${clusterName}` : NAME) },
    spec: {
      clusterName,
      namespace: agentNamespace,
      deployOption: { mode },
      registrationImagePullSpec: image('registration', images.overrides.registrationImage),
      workImagePullSpec: image('work', images.overrides.workImage),
      imagePullSpec: image('registration-operator', images.overrides.operatorImage),
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => Object.keys(value).length > 0)),
    },
  };
}

function imageOf(
  { registry, tag }: KlusterletValues['images'],
  { name, override, version }: { readonly name: string; readonly override: string; readonly version: string },
): string {
  return override || `${registry}/${name}:${tag || version}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
