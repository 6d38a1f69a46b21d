/**
 * Values of the klusterlet chart as far as the importer uses them, complete: nothing is optional that the manifests need. What a values
 * file may leave out is filled from `DEFAULT_VALUES`; what it may hold besides is passed over.
 */
export interface KlusterletValues {
  readonly replicaCount: number;
  readonly createNamespace: boolean;
  readonly images: {
    /** Without a slash at the end. */
    readonly registry: string;
    /** Empty means the version of this program. */
    readonly tag: string;
    readonly imagePullPolicy: string;
    /** Whole image names, which win over registry and tag. */
    readonly overrides: {
      readonly registrationImage: string;
      readonly workImage: string;
      readonly operatorImage: string;
    };
    readonly imageCredentials: {
      readonly createImageCredentials: boolean;
      readonly userName: string;
      readonly password: string;
      /** Content of `.dockerconfigjson`, for when there is no user. */
      readonly dockerConfigJson: string;
    };
  };
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly object[];
  readonly resources: object;
  readonly enableSyncLabels: boolean;
  /** Text of a kubeconfig; it becomes the secret `bootstrap-hub-kubeconfig` of the agents. */
  readonly bootstrapHubKubeConfig: string;
  readonly noOperator: boolean;
  readonly priorityClassName: string;
  readonly klusterlet: {
    readonly create: boolean;
    readonly mode: string;
    /** Empty means `klusterlet`. */
    readonly name: string;
    readonly clusterName: string;
    /** Namespace of the agents; empty means `open-cluster-management-agent`. */
    readonly namespace: string;
    readonly externalServerURLs: readonly object[];
    readonly resourceRequirement: object;
    readonly nodePlacement: object;
    readonly registrationConfiguration: object;
    readonly workConfiguration: object;
  };
}

export const DEFAULT_VALUES: KlusterletValues = {
  replicaCount: 1,
  createNamespace: false,
  images: {
    registry: 'quay.io/open-cluster-management',
    tag: '',
    imagePullPolicy: 'IfNotPresent',
    overrides: { registrationImage: '', workImage: '', operatorImage: '' },
    imageCredentials: { createImageCredentials: false, userName: '', password: '', dockerConfigJson: '' },
  },
  nodeSelector: {},
  tolerations: [],
  resources: { requests: { cpu: '2m', memory: '16Mi' }, limits: { memory: '2Gi' } },
  enableSyncLabels: false,
  bootstrapHubKubeConfig: '',
  noOperator: false,
  priorityClassName: '',
  klusterlet: {
    create: true,
    mode: 'Singleton',
    name: 'klusterlet',
    clusterName: 'cluster1',
    namespace: '',
    externalServerURLs: [],
    resourceRequirement: { type: 'Default' },
    nodePlacement: {},
    registrationConfiguration: {},
    workConfiguration: {},
  },
};

/** What every imported cluster begins with (registration 21). */
export function baseValues(cluster: string): KlusterletValues {
  return {
    ...DEFAULT_VALUES,
    createNamespace: true,
    klusterlet: { ...DEFAULT_VALUES.klusterlet, clusterName: cluster },
  };
}

/**
 * Values with those of a values file over them: maps are merged, everything else is replaced, null leaves what is there.
 *
 * @throws Error naming the field whose type is not that of the chart
 */
export function overlayValues<T extends object>(base: T, over: unknown, path = ''): T {
  if (over === undefined || over === null) return base;
  if (!isMap(over)) throw new Error(`${path || 'values'} must be a map, got ${describe(over)}`);
  const merged = Object.entries(over).map(([key, value]): [string, unknown] => {
    const field = path === '' ? key : `${path}.${key}`;
    return [key, overlayField((base as Readonly<Record<string, unknown>>)[key], value, field)];
  });
  return { ...base, ...Object.fromEntries(merged) };
}

function overlayField(present: unknown, value: unknown, field: string): unknown {
  if (value === null) return present;
  if (isMap(present)) return overlayValues(present, value, field);
  const isRight =
    present === undefined || (typeof value === typeof present && Array.isArray(value) === Array.isArray(present));
  if (!isRight) throw new Error(`${field} must be ${describe(present)}, got ${describe(value)}`);
  return value;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return isMap(value) ? 'a map' : `a ${typeof value}`;
}
