import { stringify } from 'yaml';
import type { KeyAndCertificate } from '@ocm/pki';

/** How a kubeconfig authenticates; `none` makes an anonymous one. */
export type Credential =
  | { readonly kind: 'certificate'; readonly pair: KeyAndCertificate }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none' };

export interface KubeconfigContent {
  readonly server: string;
  readonly caPem: string;
  readonly credential: Credential;
  readonly proxyUrl?: string | undefined;
}

/** A kubeconfig as YAML text with everything inline: one cluster, one user, one context, all named `default`. */
export function kubeconfigText({ server, caPem, credential, proxyUrl }: KubeconfigContent): string {
  const name = 'default';
  const cluster = {
    server,
    'certificate-authority-data': base64(caPem),
    ...(proxyUrl === undefined ? {} : { 'proxy-url': proxyUrl }),
  };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: userOf(credential) }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

function userOf(credential: Credential): Record<string, string> {
  switch (credential.kind) {
    case 'certificate':
      return {
        'client-certificate-data': base64(credential.pair.certificatePem),
        'client-key-data': base64(credential.pair.privateKeyPem),
      };
    case 'token':
      return { token: credential.token };
    case 'none':
      return {};
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
