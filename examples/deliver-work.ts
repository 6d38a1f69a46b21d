// Delivers a ConfigMap to a cluster, waits until it is there, and takes it away again.
//
//   node examples/deliver-work.ts grpc|mqtt <configuration file> <cluster>
import { openWorkSource } from '@ocm/work-source';

const [driver, configFile = '', cluster = ''] = process.argv.slice(2);
if ((driver !== 'grpc' && driver !== 'mqtt') || cluster === '') {
  process.stderr.write('usage: deliver-work.ts grpc|mqtt <configuration file> <cluster>\n');
  process.exit(2);
}
// Warnings say why broker or server cannot be reached; it is tried again until the signal fires.
const warn = (fields: { error?: Error }, message: string): void => {
  process.stderr.write(`${message}: ${fields.error?.message ?? ''}\n`);
};
const log = { debug() {}, info() {}, warn, error: warn };
const signal = AbortSignal.timeout(60_000);
await using source = await openWorkSource({ id: 'example', driver, configFile, signal, log });
const work = { cluster, name: 'greeting' };
const manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'greeting', namespace: 'default' },
  data: { hello: 'world' },
};
await source.deliver({ ...work, manifests: [manifest] });
let isRemoved = false;
for await (const { version, conditions, isAvailable, isDeleting } of source.follow(work)) {
  const report = conditions.map(({ type, status }) => `${type}=${status}`).join(' ');
  process.stdout.write(`version ${version}: ${isDeleting ? 'deleting' : report || 'no report yet'}\n`);
  if (isAvailable && !isRemoved) await source.remove(work);
  isRemoved ||= isAvailable;
}
process.stdout.write('gone\n');
