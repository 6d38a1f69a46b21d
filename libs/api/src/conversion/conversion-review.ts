import type { ClusterManagementAddOnV1alpha1 } from '../generated/cluster-management-add-on-v1alpha1.ts';
import type { ClusterManagementAddOn } from '../generated/cluster-management-add-on.ts';
import type { ManagedClusterAddOnV1alpha1 } from '../generated/managed-cluster-add-on-v1alpha1.ts';
import type { ManagedClusterAddOn } from '../generated/managed-cluster-add-on.ts';
import type { KubeObject } from '../meta.ts';
import { clusterManagementAddOnToV1alpha1, clusterManagementAddOnToV1beta1 } from './cluster-management-add-on.ts';
import { managedClusterAddOnToV1alpha1, managedClusterAddOnToV1beta1 } from './managed-cluster-add-on.ts';

/** apiextensions.k8s.io ConversionReview as the API server sends it; v1 and v1beta1 have the same shape. */
export interface ConversionReview {
  readonly apiVersion: string;
  readonly kind: 'ConversionReview';
  readonly request: {
    readonly uid: string;
    /** Group and version that all objects are wanted in. */
    readonly desiredAPIVersion: string;
    readonly objects: readonly KubeObject[];
  };
}

/** The answer to a ConversionReview: all objects in the order of the request, or a failure without any. */
export interface ConversionAnswer {
  readonly apiVersion: string;
  readonly kind: 'ConversionReview';
  readonly response: {
    readonly uid: string;
    readonly convertedObjects: readonly KubeObject[];
    readonly result: { readonly status: 'Success' } | { readonly status: 'Failure'; readonly message: string };
  };
}

const GROUP = 'addon.open-cluster-management.io';
const V1ALPHA1 = `${GROUP}/v1alpha1`;
const V1BETA1 = `${GROUP}/v1beta1`;

type Convert = (object: KubeObject) => KubeObject;

/** By kind and wanted version. The casts are safe: the API server has pruned and checked what it sends. */
const CONVERSIONS: ReadonlyMap<string, ReadonlyMap<string, Convert>> = new Map([
  [
    'ClusterManagementAddOn',
    new Map<string, Convert>([
      [V1ALPHA1, (object) => clusterManagementAddOnToV1alpha1(object as ClusterManagementAddOn)],
      [V1BETA1, (object) => clusterManagementAddOnToV1beta1(object as ClusterManagementAddOnV1alpha1)],
    ]),
  ],
  [
    'ManagedClusterAddOn',
    new Map<string, Convert>([
      [V1ALPHA1, (object) => managedClusterAddOnToV1alpha1(object as ManagedClusterAddOn)],
      [V1BETA1, (object) => managedClusterAddOnToV1beta1(object as ManagedClusterAddOnV1alpha1)],
    ]),
  ],
]);

/**
 * Answers a ConversionReview for the add-on kinds (addon 3.7). One object that cannot be converted fails the whole review, with a
 * message that names it.
 *
 * @throws TypeError when the text is not a ConversionReview at all, so that there is no uid to answer to
 */
export function answerConversionReview(review: unknown): ConversionAnswer {
  if (!isConversionReview(review)) {
    throw new TypeError(
      'not a ConversionReview: kind, request.uid, request.desiredAPIVersion and request.objects must be set',
    );
  }
  const { apiVersion, kind, request } = review;
  return { apiVersion, kind, response: { uid: request.uid, ...convertAll(request) } };
}

function convertAll({
  objects,
  desiredAPIVersion,
}: ConversionReview['request']): Omit<ConversionAnswer['response'], 'uid'> {
  try {
    const convertedObjects = objects.map((object) => convert(object, desiredAPIVersion));
    return { convertedObjects, result: { status: 'Success' } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { convertedObjects: [], result: { status: 'Failure', message } };
  }
}

function convert(object: KubeObject, desired: string): KubeObject {
  const conversion = conversionOf(object, desired);
  if (object.apiVersion === desired) return object;
  try {
    return { ...conversion(object), apiVersion: desired };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot convert ${identify(object)} to "${desired}": ${reason}`, { cause });
  }
}

function conversionOf(object: KubeObject, desired: string): Convert {
  const { apiVersion = '', kind = '' } = object;
  const conversions = CONVERSIONS.get(kind);
  const conversion = conversions?.get(desired);
  if (conversion && conversions?.has(apiVersion)) return conversion;
  throw new RangeError(
    `cannot convert ${identify(object)} from "${apiVersion}" to "${desired}"; ` +
      `${[...CONVERSIONS.keys()].join(' and ')} are converted between ${V1ALPHA1} and ${V1BETA1}`,
  );
}

function identify({ kind, metadata }: Partial<KubeObject>): string {
  const { namespace, name } = metadata ?? {};
  return `${kind ?? 'an object without kind'} "${namespace === undefined ? '' : `${namespace}/`}${name ?? ''}"`;
}

function isConversionReview(review: unknown): review is ConversionReview {
  const { kind, request } = (review ?? {}) as Partial<ConversionReview>;
  return (
    kind === 'ConversionReview' &&
    typeof request?.uid === 'string' &&
    typeof request.desiredAPIVersion === 'string' &&
    Array.isArray(request.objects)
  );
}
