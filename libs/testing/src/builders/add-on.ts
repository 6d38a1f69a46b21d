import {
  type AddOnConfig,
  AddOnDeploymentConfig,
  type AddOnDeploymentConfigSpec,
  AddOnTemplate,
  ClusterManagementAddOn,
  type ClusterManagementAddOnSpec,
  ClusterManagementAddOnV1alpha1,
  type ClusterManagementAddOnV1alpha1Spec,
  ManagedClusterAddOn,
  type ManagedClusterAddOnStatus,
  ManagedClusterAddOnV1alpha1,
  type ManagedClusterAddOnV1alpha1Spec,
  type ManagedClusterAddOnV1alpha1Status,
  type TemplateRegistration,
} from '@ocm/api';
import { base, type ConditionLike, given, type Named, type Placed, statusOf } from './metadata.ts';
import { aWorkSpec, type WorkContentOver } from './work.ts';

const NAME = 'addon1';

/** An add-on (v1beta1) that is installed by hand. */
export function aClusterManagementAddOn(
  over: Named & { readonly spec?: ClusterManagementAddOnSpec; readonly status?: ClusterManagementAddOn['status'] } = {},
): ClusterManagementAddOn {
  const { spec = { installStrategy: { type: 'Manual' } }, status } = over;
  return { ...base(ClusterManagementAddOn, over, { name: NAME }), spec, ...given({ status }) };
}

/** The same in v1alpha1. */
export function aClusterManagementAddOnV1alpha1(
  over: Named & { readonly spec?: ClusterManagementAddOnV1alpha1Spec } = {},
): ClusterManagementAddOnV1alpha1 {
  const { spec = { installStrategy: { type: 'Manual' } } } = over;
  return { ...base(ClusterManagementAddOnV1alpha1, over, { name: NAME }), spec };
}

export interface AddOnOver extends Placed {
  readonly configs?: readonly AddOnConfig[];
  readonly conditions?: readonly ConditionLike[];
  readonly status?: Omit<ManagedClusterAddOnStatus, 'conditions'>;
}

/** An add-on (v1beta1) on the cluster `cluster1`. */
export function anAddOn(over: AddOnOver = {}): ManagedClusterAddOn {
  const { configs, conditions, status = {} } = over;
  return {
    ...base(ManagedClusterAddOn, over, { name: NAME, namespace: 'cluster1' }),
    spec: given({ configs }),
    ...statusOf(conditions, status),
  };
}

export interface AddOnV1alpha1Over extends Placed {
  readonly spec?: ManagedClusterAddOnV1alpha1Spec;
  readonly conditions?: readonly ConditionLike[];
  readonly status?: Omit<ManagedClusterAddOnV1alpha1Status, 'conditions'>;
}

/** The same in v1alpha1. */
export function anAddOnV1alpha1(over: AddOnV1alpha1Over = {}): ManagedClusterAddOnV1alpha1 {
  const { spec = {}, conditions, status = {} } = over;
  return {
    ...base(ManagedClusterAddOnV1alpha1, over, { name: NAME, namespace: 'cluster1' }),
    spec,
    ...statusOf(conditions, status),
  };
}

/** A configuration that configures nothing. */
export function anAddOnDeploymentConfig(
  over: Placed & { readonly spec?: AddOnDeploymentConfigSpec } = {},
): AddOnDeploymentConfig {
  return { ...base(AddOnDeploymentConfig, over, { name: 'config1', namespace: 'default' }), spec: over.spec ?? {} };
}

export interface AddOnTemplateOver extends Named {
  readonly addOn?: string;
  readonly agent?: WorkContentOver;
  readonly registration?: readonly TemplateRegistration[];
}

/** A template whose agent is one ConfigMap, and that registers nowhere. */
export function anAddOnTemplate(over: AddOnTemplateOver = {}): AddOnTemplate {
  const { addOn = NAME, agent, registration } = over;
  return {
    ...base(AddOnTemplate, over, { name: `${addOn}-template` }),
    spec: { addonName: addOn, agentSpec: aWorkSpec(agent), ...given({ registration }) },
  };
}
