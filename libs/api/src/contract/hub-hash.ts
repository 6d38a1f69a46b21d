/** SHA-256 of the address of a hub, exactly as configured, in lower-case hex: tells the hubs of a managed cluster apart (work 5.2). */
export type HubHash = string & { readonly __brand: 'HubHash' };

/**
 * Gives a digest its type.
 *
 * @throws RangeError unless the text is 64 lower-case hex digits
 */
export function hubHash(digest: string): HubHash {
  if (!/^[0-9a-f]{64}$/.test(digest)) {
    throw new RangeError(`hub hash "${digest}" is not a SHA-256 digest; allowed are 64 lower-case hex digits`);
  }
  return digest as HubHash;
}

/** Name of the AppliedManifestWork of a work. */
export function appliedWorkName(hub: HubHash, work: string): string {
  return `${hub}-${work}`;
}

/** Label key by which a hub marks the namespaces it manages on a cluster; label names end at 63 characters (registration 13). */
export function managedNamespaceLabel(hub: HubHash): string {
  return `clusterset.open-cluster-management.io/${hub.slice(0, 63)}`;
}
