import { stringify } from 'yaml';

/** How an imported cluster asks to join: cluster entry `hub`, user and context `bootstrap` (registration 21). */
export function bootstrapKubeconfig({
  server,
  caData,
  token,
}: {
  readonly server: string;
  /** PEM in base64; without it the system's roots count. */
  readonly caData: string | undefined;
  readonly token: string;
}): string {
  const cluster = { server, ...(caData === undefined ? {} : { 'certificate-authority-data': caData }) };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'hub', cluster }],
    users: [{ name: 'bootstrap', user: { token } }],
    contexts: [{ name: 'bootstrap', context: { cluster: 'hub', user: 'bootstrap', namespace: 'default' } }],
    'current-context': 'bootstrap',
  });
}
