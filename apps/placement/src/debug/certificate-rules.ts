import { X509Certificate } from 'node:crypto';
import type { ConfigMap } from '@ocm/api';

/** What the API server of the hub publishes about the certificates that it trusts (placement 16.1). */
export interface CertificateRules {
  /** Sign the certificates of users. */
  readonly userAuthorities: readonly X509Certificate[];
  readonly frontProxy: FrontProxyRules;
}

/** Proxies that authenticate users themselves and name them in headers. */
export interface FrontProxyRules {
  readonly authorities: readonly X509Certificate[];
  /** Common names of proxies; empty for any. */
  readonly allowedNames: readonly string[];
  /** In lower case, the first that is there counts. */
  readonly usernameHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraPrefixes: readonly string[];
}

/** Where they are published. */
export const RULES_REF = { namespace: 'kube-system', name: 'extension-apiserver-authentication' } as const;

/** Reads the rules. What is absent or cannot be read trusts nobody. */
export function certificateRules(published: ConfigMap | undefined): CertificateRules {
  const data = published?.data ?? {};
  const headers = (key: string): readonly string[] =>
    listOf(data[`requestheader-${key}`]).map((name) => name.toLowerCase());
  return {
    userAuthorities: certificatesOf(data['client-ca-file']),
    frontProxy: {
      authorities: certificatesOf(data['requestheader-client-ca-file']),
      allowedNames: listOf(data['requestheader-allowed-names']),
      usernameHeaders: headers('username-headers'),
      uidHeaders: headers('uid-headers'),
      groupHeaders: headers('group-headers'),
      extraPrefixes: headers('extra-headers-prefix'),
    },
  };
}

function certificatesOf(bundle: string | undefined): readonly X509Certificate[] {
  const blocks = bundle?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((pem) => {
    try {
      return [new X509Certificate(pem)];
    } catch {
      return [];
    }
  });
}

/** A JSON list of strings. */
function listOf(text: string | undefined): readonly string[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
