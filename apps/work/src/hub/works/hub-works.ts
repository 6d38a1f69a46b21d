import type { KubeObject, ManifestWork, NewObject } from '@ocm/api';
import type { CallOptions, ObjectEvent, Ref, WatchSource } from '@ocm/kube';

/**
 * The works of all clusters as the manager sees and writes them, whatever the transport (work 16.3): the Kubernetes API or a message
 * broker. Controllers know nothing else of works, and every call names the namespace it is about.
 */
export interface HubWorks {
  /** Works of replica sets: those with the owner label. Spec and conditions, without what was reported per manifest. */
  readonly owned: WorkView & {
    /** The works of one replica set. */
    byOwner(owner: string): readonly ManifestWork[];
  };
  /** Works of nobody that have a time to live after completion; of the spec only the delete option. */
  readonly expiring: WorkView;
  /** Works of a replica set as they are now, at least those in the given clusters; only what identifies them. */
  readOwned(
    owner: string,
    options: CallOptions & { readonly clusters?: readonly string[] | undefined },
  ): Promise<readonly KubeObject[]>;
  /** A name that is to be generated is completed by the adapter or the server. */
  create(work: NewObject<ManifestWork>, options: CallOptions): Promise<void>;
  /**
   * Turns a work of `owned` into what it should be; says whether it was not that already. Throws `conflict` when somebody else wrote since it
   * was seen.
   */
  update(seen: ManifestWork, desired: DesiredWork, options: CallOptions): Promise<boolean>;
  /**
   * Asks for the deletion of exactly this object; one that is gone already is fine. With `resourceVersion` it throws `conflict` when
   * somebody wrote since.
   */
  delete(work: WorkIdentity, options: CallOptions): Promise<void>;
}

/** Works as last heard of; never a request. Frozen. */
export interface WorkView {
  get(ref: Ref): ManifestWork | undefined;
  events(keys: (event: ObjectEvent<ManifestWork>) => string | readonly string[] | undefined): WatchSource;
}

/** What a replica set says about one of its works; annotations and owners that are not named are removed. */
export interface DesiredWork {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: NonNullable<ManifestWork['spec']>;
}

/** Which object. */
export interface WorkIdentity {
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}
