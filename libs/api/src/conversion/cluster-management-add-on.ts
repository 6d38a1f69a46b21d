import { noDefaultConfigName } from '../contract/add-on-names.ts';
import type {
  ClusterManagementAddOnV1alpha1,
  SupportedConfigV1alpha1,
} from '../generated/cluster-management-add-on-v1alpha1.ts';
import type { AddOnConfig, ClusterManagementAddOn } from '../generated/cluster-management-add-on.ts';
import { present } from './present.ts';

type SpecV1alpha1 = ClusterManagementAddOnV1alpha1['spec'];
type Spec = ClusterManagementAddOn['spec'];
type StatusV1alpha1 = NonNullable<ClusterManagementAddOnV1alpha1['status']>;
type Status = NonNullable<ClusterManagementAddOn['status']>;

/** A ClusterManagementAddOn of v1alpha1 as v1beta1 shows it (addon 3.6). `apiVersion` is left alone. */
export function clusterManagementAddOnToV1beta1(addOn: ClusterManagementAddOnV1alpha1): ClusterManagementAddOn {
  const { spec, status, ...rest } = addOn;
  return present<ClusterManagementAddOn>({
    ...rest,
    spec: spec && specToV1beta1(spec),
    status: status && statusToV1beta1(status),
  });
}

/** A ClusterManagementAddOn of v1beta1 as v1alpha1 shows it (addon 3.6). `apiVersion` is left alone. */
export function clusterManagementAddOnToV1alpha1(addOn: ClusterManagementAddOn): ClusterManagementAddOnV1alpha1 {
  const { spec, status, ...rest } = addOn;
  return present<ClusterManagementAddOnV1alpha1>({
    ...rest,
    spec: spec && specToV1alpha1(spec),
    status: status && statusToV1alpha1(status),
  });
}

function specToV1beta1({ addOnConfiguration: _lost, supportedConfigs, ...rest }: SpecV1alpha1): Spec {
  return present<Spec>({ ...rest, defaultConfigs: supportedConfigs?.map(toDefaultConfig) });
}

function specToV1alpha1({ defaultConfigs, ...rest }: Spec): SpecV1alpha1 {
  return present<SpecV1alpha1>({ ...rest, supportedConfigs: defaultConfigs?.map(toSupportedConfig) });
}

function toDefaultConfig({ defaultConfig, ...groupResource }: SupportedConfigV1alpha1): AddOnConfig {
  return { ...groupResource, ...(defaultConfig ?? { name: noDefaultConfigName }) };
}

function toSupportedConfig({ name, namespace, ...groupResource }: AddOnConfig): SupportedConfigV1alpha1 {
  if (!name || name === noDefaultConfigName) return groupResource;
  return { ...groupResource, defaultConfig: present({ name, namespace }) };
}

function statusToV1beta1({ defaultconfigReferences, ...rest }: StatusV1alpha1): Status {
  return present<Status>({ ...rest, defaultConfigReferences: defaultconfigReferences });
}

function statusToV1alpha1({ defaultConfigReferences, ...rest }: Status): StatusV1alpha1 {
  return present<StatusV1alpha1>({ ...rest, defaultconfigReferences: defaultConfigReferences });
}
