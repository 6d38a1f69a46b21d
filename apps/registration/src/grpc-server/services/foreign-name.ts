import type { CertificateRequest } from '@ocm/pki';

const PREFIXES = ['system:open-cluster-management:', 'open-cluster-management:'];

/**
 * The first name in the subject of a certificate request that is in the name space of the product and means somebody else than the cluster
 * and its add-ons (registration 4, addon 5); `undefined` when there is none. Any other name is a matter of the signer it is meant for.
 */
export function findForeignName(
  { commonName, organizations }: Pick<CertificateRequest, 'commonName' | 'organizations'>,
  cluster: string,
): string | undefined {
  if (isForeign(commonName, (parts) => isUserOf(cluster, parts))) return commonName;
  return organizations.find((group) => isForeign(group, (parts) => isGroupFor(cluster, parts)));
}

function isForeign(name: string, isOwn: (parts: readonly string[]) => boolean): boolean {
  const prefix = PREFIXES.find((each) => name.startsWith(each));
  // Whole parts are compared: by a prefix, cluster "a" could act as "ab".
  return prefix !== undefined && !isOwn(name.slice(prefix.length).split(':'));
}

function isUserOf(cluster: string, parts: readonly string[]): boolean {
  return (parts.length === 2 && parts[0] === cluster) || isAddOnOf(cluster, parts);
}

function isGroupFor(cluster: string, parts: readonly string[]): boolean {
  const [first = ''] = parts;
  if (parts.length === 1) return first === cluster || first === 'managed-clusters';
  return (parts.length === 2 && first === 'addon') || isAddOnOf(cluster, parts);
}

/** `cluster:<cluster>:addon:<add-on>`, with or without more. */
function isAddOnOf(cluster: string, [kind, owner, of, addOn]: readonly string[]): boolean {
  return kind === 'cluster' && owner === cluster && of === 'addon' && addOn !== undefined && addOn !== '';
}
