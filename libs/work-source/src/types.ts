// All that a program sees of this package. Nothing is imported here: the declarations of the published package stand alone.

/** How the clusters are reached, and who asks. */
export interface WorkSourceOptions {
  /** Names the source for its agents and its broker: lower-case letters, digits and dashes. It must stay the same: works belong to it. */
  readonly id: string;
  /** `grpc`: a server that serves sources. `mqtt`: an MQTT 5 broker. */
  readonly driver: 'grpc' | 'mqtt';
  /** Path of the configuration file of the driver, YAML or JSON: where the other side is, and with which credentials. */
  readonly configFile: string;
  /** Names this process for the broker; by default the id. Two processes at once need two names. */
  readonly clientId?: string;
  /** Gives up waiting for the other side, and ends everything. */
  readonly signal?: AbortSignal;
  /** `counted` (default): works have versions 1, 2, 3. `none`: they have none, and every reconnection sends all of them again. */
  readonly versions?: 'counted' | 'none';
  /** Told what happens: levels `debug` to `error`. */
  readonly log?: WorkSourceLog;
}

/** As pino and others have it. */
export type WorkSourceLog = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>
>;

/** A Kubernetes object as it is to be on the cluster. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Which work. */
export interface WorkRef {
  /** Name of the managed cluster. */
  readonly cluster: string;
  readonly name: string;
}

/** What a cluster is to have. */
export interface NewWork extends WorkRef {
  /** At least one, and 500 KiB of JSON at most. */
  readonly manifests: readonly Manifest[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** `deleteOption`, `manifestConfigs` and `executor` as in the spec of a ManifestWork. */
  readonly options?: Readonly<Partial<Record<'deleteOption' | 'manifestConfigs' | 'executor', object>>>;
}

/** A condition as Kubernetes has them; types are Applied, Available, and those of the condition rules of the work. */
export interface WorkCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime?: string;
}

/** What became of one manifest: an entry of `status.resourceStatus.manifests` of a ManifestWork. */
export interface ResourceReport {
  readonly resourceMeta: Readonly<Record<string, unknown>>;
  readonly statusFeedback?: Readonly<Record<string, unknown>>;
  readonly conditions: readonly WorkCondition[];
}

/** A work, and what its agent says of it. */
export interface DeliveredWork extends WorkRef {
  /** 0 where versions are not kept. */
  readonly version: number;
  /** The version that the report is about; `undefined` before the first report. */
  readonly reportedVersion: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** `undefined` for a work of a former life of this program that has not been delivered again. */
  readonly manifests: readonly Manifest[] | undefined;
  readonly conditions: readonly WorkCondition[];
  readonly resources: readonly ResourceReport[];
  /** Whether the present version has been applied. */
  readonly isApplied: boolean;
  /** Whether all objects of the present version are on the cluster. */
  readonly isAvailable: boolean;
  readonly isDeleting: boolean;
}

/** The works of one source on all clusters. Close it at the end, or use `await using`. */
export interface WorkSource extends AsyncDisposable {
  /** Whether events come and go now. It connects again by itself. */
  readonly isConnected: boolean;
  /**
   * Creates the work, or makes of it what is given; sends nothing if it is that already. Resolves when the other side has taken it.
   *
   * @throws Error with `code` `invalid` (the message says what is wrong) or `unavailable` (try again)
   */
  deliver(work: NewWork): Promise<DeliveredWork>;
  /** Asks the agent to delete the objects and the work; `follow` ends when it has. A work that is not there is fine. */
  remove(ref: WorkRef): Promise<void>;
  find(ref: WorkRef): Promise<DeliveredWork | undefined>;
  list(): Promise<readonly DeliveredWork[]>;
  /** The work as it is, then after each change; ends when it is gone, or was not there. */
  follow(ref: WorkRef): AsyncIterable<DeliveredWork>;
}
