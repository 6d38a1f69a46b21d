import { expect, test } from '@jest/globals';
import { systemClock } from '@ocm/kube';
import { freePort, until } from '@ocm/testing';
import { aServingCertificate, temporaryDirectory, writeCertificate } from '../../test/certificate-files.ts';
import { httpsGet } from '../../test/https-get.ts';
import { recordedLog } from '../../test/recorded-log.ts';
import { runWebhookProcess } from './webhook-process.ts';

test('webhooks are answered a moment longer than they should be, then no more; health and metrics are served beside', async () => {
  await using directory = await temporaryDirectory();
  await writeCertificate(directory.path, await aServingCertificate('webhook'));
  const [port, metricsPort, healthProbePort] = [await freePort(), await freePort(), await freePort()];
  const stopping = new AbortController();
  const lingering = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const clock = {
    ...systemClock,
    sleep: (ms: number, signal: AbortSignal) => {
      if (!stopping.signal.aborted) return systemClock.sleep(ms, signal);
      begun.resolve();
      return lingering.promise;
    },
  };
  const running = runWebhookProcess({
    config: {
      port,
      metricsPort,
      healthProbePort,
      certificateDirectory: directory.path,
      tlsMinVersion: 'VersionTLS12',
      tlsCipherSuites: [],
    },
    routes: { '/path': () => Promise.resolve({ status: 200, body: { fine: true } }) },
    clock,
    log: recordedLog().log,
    signal: stopping.signal,
  });
  const post = () =>
    httpsGet(port, '/path', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  await until(async () => (await post()).status === 200, { describe: 'it serves' });
  // Opened last.
  await until(async () => (await fetch(`http://127.0.0.1:${healthProbePort}/readyz`)).status === 200, {
    describe: 'it is ready',
  });
  const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  expect(await metrics.text()).toContain('controller_runtime_webhook_requests_total{webhook="/path",code="200"} 1');

  stopping.abort();
  await begun.promise;
  expect((await post()).body).toBe('{"fine":true}');
  lingering.resolve();
  await running;
  await expect(post()).rejects.toThrow('ECONNREFUSED');
});
