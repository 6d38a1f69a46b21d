import { expect, test } from '@jest/globals';
import { createAgentHealth } from './agent-health.ts';

const { signal } = new AbortController();

test('an agent that bootstraps is healthy, and afterwards as healthy as its credential', async () => {
  const health = createAgentHealth();
  expect(health.check.name).toBe('hub-kube-config');
  await expect(health.check.check(signal)).resolves.toBeUndefined();
  health.watch(() => Promise.resolve({ kind: 'valid' }));
  await expect(health.check.check(signal)).resolves.toBeUndefined();
  health.watch(() => Promise.resolve({ kind: 'invalid', reason: 'expired' }));
  await expect(health.check.check(signal)).resolves.toBe('the client certificate expires and rebootstrap is required.');
});
