// Delivers a ConfigMap to a cluster, waits until it is there, and takes it away again.
//
//   node examples/deliver-work.ts grpc|mqtt <configuration file> <cluster>
import { openWorkSource } from '@ocm/work-source';

const [driver, configFile = '', cluster = ''] = process.argv.slice(2);
if (driver !== 'grpc' && driver !== 'mqtt')
  throw new Error('usage: deliver-work.ts grpc|mqtt <configuration file> <cluster>');

await using source = await openWorkSource({ id: 'example', driver, configFile, signal: AbortSignal.timeout(60_000) });
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
