import type { GroupVersionKind } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { webhookConfigurationRules } from './admission.ts';
import type { KindRules } from './comparison.ts';
import { configMapRules } from './config-map.ts';
import { customResourceDefinitionRules } from './custom-resource-definition.ts';
import { enforceFields } from './enforce-fields.ts';
import { clusterRoleRules, roleBindingRules, roleRules } from './rbac.ts';
import { secretRules } from './secret.ts';
import { serviceRules } from './service.ts';
import { csiDriverRules, snapshotClassRules, storageClassRules } from './storage.ts';
import { wholeObjectRules } from './whole-object.ts';

const metadataRules = enforceFields({});
const specRules = enforceFields({ spec: 'object' });
const monitoringRules: KindRules = { ...specRules, version: 'v1' };

// The table of work 8.1, keyed by `group/version/kind`; `*` stands for every version.
const RULES: Readonly<Record<string, KindRules>> = {
  '/v1/Namespace': metadataRules,
  '/v1/Pod': metadataRules,
  '/v1/ServiceAccount': metadataRules,
  '/v1/Service': serviceRules,
  '/v1/ConfigMap': configMapRules,
  '/v1/Secret': secretRules,
  'networking.k8s.io/v1/NetworkPolicy': specRules,
  'policy/v1/PodDisruptionBudget': specRules,
  'rbac.authorization.k8s.io/v1/Role': roleRules,
  'rbac.authorization.k8s.io/v1/ClusterRole': clusterRoleRules,
  'rbac.authorization.k8s.io/v1/RoleBinding': roleBindingRules,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': roleBindingRules,
  'apiextensions.k8s.io/v1/CustomResourceDefinition': customResourceDefinitionRules,
  'storage.k8s.io/v1/StorageClass': storageClassRules,
  'storage.k8s.io/v1/CSIDriver': csiDriverRules,
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': webhookConfigurationRules,
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': webhookConfigurationRules,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': specRules,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': specRules,
  'admissionregistration.k8s.io/v1beta1/ValidatingAdmissionPolicy': specRules,
  'admissionregistration.k8s.io/v1beta1/ValidatingAdmissionPolicyBinding': specRules,
  'monitoring.coreos.com/*/ServiceMonitor': monitoringRules,
  'monitoring.coreos.com/*/PrometheusRule': monitoringRules,
  'monitoring.coreos.com/*/Alertmanager': monitoringRules,
  'monitoring.coreos.com/*/Prometheus': monitoringRules,
  'snapshot.storage.k8s.io/*/VolumeSnapshotClass': snapshotClassRules,
};

/** How `Update` compares and writes a manifest: by the rules of its kind, or as a whole when there are none or they do not fit. */
export function kindRulesFor({ group, version, kind }: GroupVersionKind, manifest: AnyObject): KindRules {
  const rules = RULES[`${group}/${version}/${kind}`] ?? RULES[`${group}/*/${kind}`];
  return rules?.fits(manifest) === true ? rules : wholeObjectRules;
}
