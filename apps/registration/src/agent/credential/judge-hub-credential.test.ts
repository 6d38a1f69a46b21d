import { describe, expect, test } from '@jest/globals';
import { buildHubKubeconfig, hubAddressOf } from './hub-kubeconfig.ts';
import { type HubCredential, judgeHubCredential } from './judge-hub-credential.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const bootstrapText = (entry: string, server: string): string => `current-context: x
contexts: [{name: x, context: {cluster: ${entry}}}]
clusters: [{name: ${entry}, cluster: {server: "${server}"}}]
`;
const bootstrap = (entry = 'hub', server = 'https://hub'): HubCredential['bootstrap'] & object => ({
  text: bootstrapText(entry, server),
  path: '/spoke/bootstrap/kubeconfig',
  what: 'bootstrap kubeconfig',
});

function credential(over: Partial<HubCredential> = {}): HubCredential {
  return {
    files: { kubeconfig: buildHubKubeconfig(hubAddressOf(bootstrap()), {}) },
    hubKubeconfigPath: '/spoke/hub-kubeconfig/kubeconfig',
    bootstrap: bootstrap(),
    names: { cluster: 'c1', agent: 'a1' },
    driver: { judge: () => ({ kind: 'valid' }) },
    ...over,
  };
}

describe('judgeHubCredential', () => {
  test('what the driver finds good, for the same hub, is valid', () => {
    expect(judgeHubCredential(credential(), NOW)).toEqual({ kind: 'valid' });
  });

  test('without a kubeconfig there is nothing to judge', () => {
    expect(judgeHubCredential(credential({ files: {} }), NOW)).toMatchObject({ kind: 'invalid' });
  });

  test('[registration 11] a renamed cluster entry or another server needs a new credential', () => {
    const renamed = credential({ bootstrap: bootstrap('other') });
    expect(judgeHubCredential(renamed, NOW)).toEqual({
      kind: 'invalid',
      reason: 'bootstrap and hub kubeconfig differ in: name of the cluster entry',
    });
    expect(judgeHubCredential(credential({ bootstrap: bootstrap('hub', 'https://b') }), NOW).kind).toBe('invalid');
  });

  test('the driver has the last word', () => {
    const driver = { judge: () => ({ kind: 'invalid', reason: 'expired' }) as const };
    expect(judgeHubCredential(credential({ driver }), NOW)).toEqual({ kind: 'invalid', reason: 'expired' });
  });

  test('without a bootstrap kubeconfig only the driver is asked', () => {
    expect(judgeHubCredential(credential({ bootstrap: undefined, files: {} }), NOW)).toEqual({ kind: 'valid' });
  });

  test('a kubeconfig that is none is an error, not an answer', () => {
    expect(() => judgeHubCredential(credential({ files: { kubeconfig: '[' } }), NOW)).toThrow('hub kubeconfig');
  });
});
