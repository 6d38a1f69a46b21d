import { createHash } from 'node:crypto';

// RFC 4122 appendix C: the name space of ISO object identifiers.
const OID_NAMESPACE = Buffer.from('6ba7b8129dad11d180b400c04fd430c8', 'hex');
const UUID_BYTES = 16;

/**
 * The resource id that a source outside Kubernetes gives to a work: UUID v5 over source, namespace and name, the same after every restart
 * (cloudevents-grpc 6.3).
 */
export function workResourceId(
  source: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string {
  return uuidV5(`${source}-manifestworks.work.open-cluster-management.io-${namespace}-${name}`);
}

function uuidV5(text: string): string {
  const bytes = createHash('sha1').update(OID_NAMESPACE).update(text).digest().subarray(0, UUID_BYTES);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
