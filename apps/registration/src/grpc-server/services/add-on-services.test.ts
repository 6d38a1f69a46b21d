import { anAddOn } from '@ocm/testing';
import { annotations } from '@ocm/api';
import { expect, test } from '@jest/globals';
import { asV1alpha1 } from './add-on-services.ts';

test('[cloudevents-grpc 70] an older agent sees an add-on in its own version', () => {
  const addOn = anAddOn({ annotations: { [annotations.addOnInstallNamespace]: 'there' } });
  expect(asV1alpha1(addOn)).toMatchObject({
    apiVersion: 'addon.open-cluster-management.io/v1alpha1',
    kind: 'ManagedClusterAddOn',
    spec: { installNamespace: 'there' },
  });
});
