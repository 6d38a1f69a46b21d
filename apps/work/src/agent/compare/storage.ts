import { annotations } from '@ocm/api';
import { type AnyObject, isJsonObject } from '../manifest/any-object.ts';
import { type Comparison, type KindRules, RECREATE, SAME } from './comparison.ts';
import { hasSameFields, withFields } from './enforce-fields.ts';
import { hasShapes } from './field-shape.ts';
import { mergeMetadata } from './merge-metadata.ts';
import { type FieldOrder, withSpecHash } from './spec-hash.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const CLASS_FIXED = ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'];
const CLASS_CHANGEABLE = ['allowVolumeExpansion', 'mountOptions', 'allowedTopologies'];
const SNAPSHOT_CLASS_FIELDS = ['parameters', 'driver', 'deletionPolicy'];

const DRIVER_SPEC: FieldOrder = {
  fields: [
    'attachRequired',
    'podInfoOnMount',
    'volumeLifecycleModes',
    'storageCapacity',
    'fsGroupPolicy',
    'tokenRequests',
    'requiresRepublish',
    'seLinuxMount',
  ],
};

/** StorageClass: everything; what cannot be changed is made anew. Whether it is the default class is the cluster's choice (work 8.1). */
export const storageClassRules: KindRules = {
  fits: (manifest) => hasShapes(manifest, { parameters: 'texts', provisioner: 'text', mountOptions: 'list' }),
  prepare: (manifest) => ({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...manifest }),
  compare: compareStorageClasses,
};

function compareStorageClasses(required: AnyObject, live: AnyObject): Comparison {
  const metadata = mergeMetadata(live.metadata, withLiveDefaultMark(required, live).metadata);
  if (!hasSameFields(withoutEmptyParameters(required), withoutEmptyParameters(live), CLASS_FIXED)) return RECREATE;
  if (metadata === live.metadata && hasSameFields(required, live, CLASS_CHANGEABLE)) return SAME;
  return { kind: 'replace', object: withFields({ ...live, metadata }, required, CLASS_CHANGEABLE) };
}

function withLiveDefaultMark(required: AnyObject, live: AnyObject): AnyObject {
  const mark = live.metadata.annotations?.[DEFAULT_CLASS];
  if (mark === undefined || required.metadata.annotations?.[DEFAULT_CLASS] === undefined) return required;
  const { metadata } = required;
  return { ...required, metadata: { ...metadata, annotations: { ...metadata.annotations, [DEFAULT_CLASS]: mark } } };
}

function withoutEmptyParameters(storageClass: AnyObject): AnyObject {
  const { parameters } = storageClass;
  if (!isJsonObject(parameters) || Object.keys(parameters).length > 0) return storageClass;
  return { ...storageClass, parameters: undefined };
}

/** CSIDriver: the hash of the spec tells whether it changed, and then the driver is made anew (work 8.1). */
export const csiDriverRules: KindRules = {
  fits: (manifest) => hasShapes(manifest, { spec: 'object' }),
  prepare: (manifest) => withSpecHash(manifest, DRIVER_SPEC),
  compare: compareDrivers,
};

function compareDrivers(required: AnyObject, live: AnyObject): Comparison {
  if (specHashOf(required) !== specHashOf(live)) return RECREATE;
  const metadata = mergeMetadata(live.metadata, required.metadata);
  return metadata === live.metadata ? SAME : { kind: 'replace', object: { ...live, metadata } };
}

function specHashOf(driver: AnyObject): string | undefined {
  return driver.metadata.annotations?.[annotations.specHash];
}

/** VolumeSnapshotClass: three fields; metadata is left alone (work 8.1). */
export const snapshotClassRules: KindRules = {
  fits: (manifest) => hasShapes(manifest, { parameters: 'texts', driver: 'text', deletionPolicy: 'text' }),
  compare: (required, live) =>
    hasSameFields(withoutEmptyParameters(required), withoutEmptyParameters(live), SNAPSHOT_CLASS_FIELDS)
      ? SAME
      : { kind: 'replace', object: withFields(live, required, SNAPSHOT_CLASS_FIELDS) },
};
