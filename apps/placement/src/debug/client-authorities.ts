import type { ClientAuthorities } from '@ocm/service';
import type { HubView } from './hub-view.ts';

/** All authorities of the hub for client certificates, those of users and those of front proxies. */
export function clientAuthorities({
  certificateRules,
  onCertificateRulesChange,
}: Pick<HubView, 'certificateRules' | 'onCertificateRulesChange'>): ClientAuthorities {
  return {
    current() {
      const { userAuthorities, frontProxy } = certificateRules();
      return [...userAuthorities, ...frontProxy.authorities].map(String);
    },
    onChange: onCertificateRulesChange,
  };
}
