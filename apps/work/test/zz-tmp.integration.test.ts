import { test } from '@jest/globals';
import { appendFileSync } from 'node:fs';
import { aConfigMap } from '@ocm/testing';
import { overGrpc } from './driver.ts';
import { startLab } from './lab.ts';
overGrpc();
test('x', async () => {
  const lab = await startLab();
  const at = Date.now();
  const log: any = new Proxy({}, { get: (_t, k) => (...a: any[]) => appendFileSync('/tmp/zz.log', `${Date.now() - at} ${String(k)} ${a.map((x) => (x?.error ? String(x.error?.message ?? x.error) + ' ' + String(x.error?.cause ?? '') + ' ' : '') + JSON.stringify(x)).join(' ')}\n`) });
  try {
    const cluster = await lab.newCluster();
    appendFileSync('/tmp/zz.log', `${Date.now() - at} cluster\n`);
    await cluster.startAgent({ log });
    await cluster.create({ name: 'a', manifests: [aConfigMap({ name: 'a', namespace: cluster.objects })] });
    await cluster.untilCondition('a', 'Applied', 'True');
  } finally {
    appendFileSync('/tmp/zz.log', await lab.grpc!.output());
    await lab.stop();
  }
});
