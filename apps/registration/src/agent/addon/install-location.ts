import { annotations, type ManagedClusterAddOn, namespaces } from '@ocm/api';

/** Where the agent of an add-on runs, and so where its secrets and its lease are (registration 18.1). */
export interface InstallLocation {
  readonly namespace: string;
  /** The cluster that hosts the agent; `undefined` when it runs on the managed cluster itself. */
  readonly hostingCluster: string | undefined;
}

export function installLocation({ metadata, status }: ManagedClusterAddOn): InstallLocation {
  const said = metadata.annotations ?? {};
  return {
    namespace: status?.namespace || said[annotations.addOnInstallNamespace] || namespaces.addOn,
    hostingCluster: said[annotations.hostingClusterName] || undefined,
  };
}
