import { describe, expect, test } from '@jest/globals';
import { addressDifferences, buildHubKubeconfig, type HubAddress, hubAddressOf } from './hub-kubeconfig.ts';

const USER = { 'client-certificate': 'tls.crt', 'client-key': 'tls.key' };
const HUB: HubAddress = {
  entry: 'hub',
  server: 'https://hub.example:6443',
  proxyUrl: undefined,
  caFile: undefined,
  caData: 'Q0E=',
};

const bootstrap = (cluster: string): Parameters<typeof hubAddressOf>[0] => ({
  text: `apiVersion: v1
kind: Config
current-context: boot
contexts: [{name: boot, context: {cluster: main, user: someone, namespace: x}}]
users: [{name: someone, user: {token: secret}}]
clusters: [{name: main, cluster: ${cluster}}]
`,
  path: '/spoke/bootstrap/kubeconfig',
  what: 'bootstrap kubeconfig',
});

describe('buildHubKubeconfig', () => {
  test('has the layout that the Go tools write', () => {
    expect(buildHubKubeconfig(HUB, USER)).toBe(`apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: https://hub.example:6443
  name: hub
contexts:
- context:
    cluster: hub
    namespace: configuration
    user: default-auth
  name: default-context
current-context: default-context
kind: Config
users:
- name: default-auth
  user:
    client-certificate: tls.crt
    client-key: tls.key
`);
  });

  test.each([
    HUB,
    { ...HUB, proxyUrl: 'http://proxy.example:3128' },
    { ...HUB, caFile: '/etc/ca.crt', caData: undefined },
    { ...HUB, entry: 'name: with, odd "signs"', caData: 'QUJD'.repeat(200) },
  ])('[registration 4] is read back as it was built: %j', (hub) => {
    const text = buildHubKubeconfig(hub, USER);
    expect(hubAddressOf({ text, path: '/spoke/hub-kubeconfig/kubeconfig', what: 'hub kubeconfig' })).toEqual(hub);
  });
});

test.each(['on', 'yes', 'y', 'No', '1_000', '0o7', '12:30', '2024-01-01', '~', '1e3', '007'])(
  'an entry named %s is a name to readers of YAML 1.1, too',
  (entry) => {
    const text = buildHubKubeconfig({ ...HUB, entry }, USER);
    expect(text).toContain(`name: "${entry}"\n`);
    expect(text).toContain(`cluster: "${entry}"\n`);
    expect(hubAddressOf({ text, path: '/kubeconfig', what: 'hub kubeconfig' }).entry).toBe(entry);
  },
);

describe('hubAddressOf', () => {
  test('takes entry name, server, proxy and CA of the current context', () => {
    const cluster = '{server: "https://hub:6443", proxy-url: "http://proxy:1", certificate-authority-data: QQ==}';
    expect(hubAddressOf(bootstrap(cluster))).toEqual({
      entry: 'main',
      server: 'https://hub:6443',
      proxyUrl: 'http://proxy:1',
      caFile: undefined,
      caData: 'QQ==',
    });
  });

  test('a relative CA file is meant from the directory of the kubeconfig', () => {
    expect(hubAddressOf(bootstrap('{server: "https://h", certificate-authority: ca.crt}')).caFile).toBe(
      '/spoke/bootstrap/ca.crt',
    );
    expect(hubAddressOf(bootstrap('{server: "https://h", certificate-authority: /ca.crt}')).caFile).toBe('/ca.crt');
  });

  test.each([
    { text: 'contexts: [', problem: 'neither YAML nor JSON' },
    { text: 'kind: Config', problem: 'current-context: required' },
    { text: 'current-context: gone', problem: 'there is no "gone"' },
  ])('a kubeconfig without a usable context is refused by name: $problem', ({ text, problem }) => {
    const read = (): unknown =>
      hubAddressOf({ text, path: '/spoke/bootstrap/kubeconfig', what: 'bootstrap kubeconfig' });
    expect(read).toThrow('the bootstrap kubeconfig /spoke/bootstrap/kubeconfig cannot be used');
    expect(read).toThrow(problem);
  });
});

describe('addressDifferences', () => {
  test.each([
    [{ ...HUB }, []],
    [{ ...HUB, server: 'https://other' }, ['server']],
    [{ ...HUB, proxyUrl: 'http://p' }, ['proxy URL']],
    [{ ...HUB, caFile: '/ca' }, ['CA file']],
    [{ ...HUB, caData: 'QQ==' }, ['CA data']],
    [{ ...HUB, entry: 'renamed' }, ['name of the cluster entry']],
  ] as const)('[registration 11] %j differs in %j', (hub, want) => {
    expect(addressDifferences(HUB, hub)).toEqual(want);
  });
});
