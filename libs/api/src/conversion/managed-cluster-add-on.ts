import { annotations } from '../contract/annotations.ts';
import { signers } from '../contract/signers.ts';
import type {
  AddOnRegistrationV1alpha1,
  ConfigReferenceV1alpha1,
  ManagedClusterAddOnV1alpha1,
} from '../generated/managed-cluster-add-on-v1alpha1.ts';
import type { AddOnRegistration, ConfigReference, ManagedClusterAddOn } from '../generated/managed-cluster-add-on.ts';
import type { ObjectMeta } from '../meta.ts';
import { present } from './present.ts';

type Driver = ManagedClusterAddOnV1alpha1Status['kubeClientDriver'];
type ManagedClusterAddOnV1alpha1Status = NonNullable<ManagedClusterAddOnV1alpha1['status']>;

/** A ManagedClusterAddOn of v1alpha1 as v1beta1 shows it (addon 3.6). `apiVersion` is left alone. */
export function managedClusterAddOnToV1beta1(addOn: ManagedClusterAddOnV1alpha1): ManagedClusterAddOn {
  const { metadata, spec, status, ...rest } = addOn;
  return present<ManagedClusterAddOn>({
    ...rest,
    metadata: withInstallNamespace(metadata, spec?.installNamespace),
    spec: spec && withoutInstallNamespace(spec),
    status: status && statusToV1beta1(status),
  });
}

/** A ManagedClusterAddOn of v1beta1 as v1alpha1 shows it (addon 3.6). `apiVersion` is left alone. */
export function managedClusterAddOnToV1alpha1(addOn: ManagedClusterAddOn): ManagedClusterAddOnV1alpha1 {
  const { metadata, spec, status, ...rest } = addOn;
  // An empty value would not pass the schema of v1alpha1; without a value the default takes its place.
  const installNamespace = metadata.annotations?.[annotations.addOnInstallNamespace] || undefined;
  return present<ManagedClusterAddOnV1alpha1>({
    ...rest,
    metadata: withoutInstallNamespaceAnnotation(metadata),
    spec: spec && present({ ...spec, installNamespace }),
    status: status && statusToV1alpha1(status),
  });
}

function withInstallNamespace(metadata: ObjectMeta, namespace: string | undefined): ObjectMeta {
  if (!namespace) return metadata;
  return { ...metadata, annotations: { ...metadata.annotations, [annotations.addOnInstallNamespace]: namespace } };
}

function withoutInstallNamespaceAnnotation(metadata: ObjectMeta): ObjectMeta {
  const { annotations: all = {}, ...rest } = metadata;
  if (!Object.hasOwn(all, annotations.addOnInstallNamespace)) return metadata;
  const { [annotations.addOnInstallNamespace]: _moved, ...kept } = all;
  return Object.keys(kept).length === 0 ? rest : { ...rest, annotations: kept };
}

function withoutInstallNamespace(spec: ManagedClusterAddOnV1alpha1['spec']): ManagedClusterAddOn['spec'] {
  const { installNamespace: _moved, ...rest } = spec;
  return rest;
}

function statusToV1beta1(status: ManagedClusterAddOnV1alpha1Status): NonNullable<ManagedClusterAddOn['status']> {
  const { addOnConfiguration: _lost, kubeClientDriver, configReferences, registrations, ...rest } = status;
  return present<NonNullable<ManagedClusterAddOn['status']>>({
    ...rest,
    configReferences: configReferences?.map(referenceToV1beta1),
    registrations: registrations?.map((registration) => registrationToV1beta1(registration, kubeClientDriver)),
  });
}

function statusToV1alpha1(status: NonNullable<ManagedClusterAddOn['status']>): ManagedClusterAddOnV1alpha1Status {
  const { configReferences, registrations, ...rest } = status;
  return present<ManagedClusterAddOnV1alpha1Status>({
    ...rest,
    configReferences: configReferences?.map(referenceToV1alpha1),
    registrations: registrations?.map(registrationToV1alpha1),
    kubeClientDriver: firstDriver(registrations),
  });
}

function referenceToV1beta1({ name: _n, namespace: _ns, ...reference }: ConfigReferenceV1alpha1): ConfigReference {
  return reference;
}

/** The schema of v1alpha1 demands a name; a reference without a desired config cannot have one. */
function referenceToV1alpha1(reference: ConfigReference): ConfigReferenceV1alpha1 {
  const { desiredConfig } = reference;
  return present<Partial<ConfigReferenceV1alpha1>>({
    ...reference,
    name: desiredConfig?.name,
    namespace: desiredConfig?.namespace,
  }) as ConfigReferenceV1alpha1;
}

function registrationToV1beta1(registration: AddOnRegistrationV1alpha1, driver: Driver): AddOnRegistration {
  const { signerName, subject } = registration;
  const { organizationUnit, ...common } = subject ?? {};
  if (signerName === signers.kubeClient) {
    const kubeClient = present<NonNullable<AddOnRegistration['kubeClient']>>({
      subject: subject && common,
      driver: driver || undefined,
    });
    return { type: 'kubeClient', kubeClient };
  }
  if (!signerName) return { type: 'customSigner' }; // was written in v1beta1 without a customSigner block
  const customSigner = present<NonNullable<AddOnRegistration['customSigner']>>({
    signerName,
    subject: subject && present({ ...common, organizationUnits: organizationUnit }),
  });
  return { type: 'customSigner', customSigner };
}

function registrationToV1alpha1({ type, kubeClient, customSigner }: AddOnRegistration): AddOnRegistrationV1alpha1 {
  if (type === 'kubeClient') {
    return present({ signerName: signers.kubeClient, subject: kubeClient?.subject });
  }
  const { organizationUnits, ...common } = customSigner?.subject ?? {};
  return present<AddOnRegistrationV1alpha1>({
    signerName: customSigner?.signerName ?? '',
    subject: customSigner?.subject && present({ ...common, organizationUnit: organizationUnits }),
  });
}

function firstDriver(registrations: readonly AddOnRegistration[] | undefined): Driver {
  return registrations?.find(({ type, kubeClient }) => type === 'kubeClient' && kubeClient)?.kubeClient?.driver;
}
