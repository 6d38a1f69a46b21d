import { expect, test } from '@jest/globals';
import {
  addOnCertificateSecretName,
  addOnCsrPrefix,
  addOnFeatureLabel,
  addOnUser,
  parseAddOnFeatureLabel,
} from './add-on-names.ts';

const TARGET = { cluster: 'c1', addOn: 'proxy' };

test('names of an add-on on a cluster', () => {
  expect(addOnUser(TARGET, 'proxy-agent')).toBe(
    'system:open-cluster-management:cluster:c1:addon:proxy:agent:proxy-agent',
  );
  expect(addOnCsrPrefix(TARGET)).toBe('addon-c1-proxy-');
  expect(addOnCertificateSecretName('proxy', 'example.com/a/b')).toBe('proxy-example.com-a-b-client-cert');
});

test('a feature label can be read back', () => {
  expect(addOnFeatureLabel('proxy')).toBe('feature.open-cluster-management.io/addon-proxy');
  expect(parseAddOnFeatureLabel(addOnFeatureLabel('proxy'))).toBe('proxy');
  expect(parseAddOnFeatureLabel('feature.open-cluster-management.io/proxy')).toBeUndefined();
});
