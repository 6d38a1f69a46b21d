import { basename } from 'node:path';
import { credentialKeys } from '@ocm/api';

/**
 * Which files to write so that the directory holds what the secret holds (registration 5.3). Files of keys that the secret no
 * longer has stay. The key comes before its certificate: whoever reads a new certificate finds its key.
 *
 * @param data of the secret, base64
 * @param present what the directory holds under these names
 */
export function planFiles(
  data: Readonly<Record<string, string>>,
  present: Readonly<Record<string, Uint8Array>>,
): ReadonlyMap<string, Uint8Array> {
  const changed = Object.entries(data)
    .filter(([name]) => isFileName(name))
    .map(([name, value]) => [name, Buffer.from(value, 'base64')] as const)
    .filter(([name, content]) => !sameBytes(present[name], content))
    .toSorted(([a], [b]) => rank(a) - rank(b));
  return new Map(changed);
}

// The API server allows only such keys; the check keeps the promise of "inside this directory" local.
function isFileName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && basename(name) === name;
}

function rank(name: string): number {
  if (name === credentialKeys.privateKey) return 0;
  if (name === credentialKeys.kubeconfig) return 2; // its presence tells others that the credential is there
  return 1;
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(b);
}
