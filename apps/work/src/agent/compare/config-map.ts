import { type AnyObject, isJsonObject } from '../manifest/any-object.ts';
import type { Comparison, KindRules } from './comparison.ts';
import { compareFields } from './enforce-fields.ts';
import { hasShapes } from './field-shape.ts';

/** ConfigMap: `data` and `binaryData` exactly, except keys that the cluster injects on request (work 8.1). */
export const configMapRules: KindRules = {
  fits: (manifest) => hasShapes(manifest, { data: 'texts', binaryData: 'texts' }),
  compare: compareConfigMaps,
  enforces: ['data', 'binaryData'],
};

function compareConfigMaps(required: AnyObject, live: AnyObject): Comparison {
  return compareFields(withInjectedKeys(required, live), live, ['data', 'binaryData']);
}

function withInjectedKeys(required: AnyObject, live: AnyObject): AnyObject {
  const wanted = isJsonObject(required['data']) ? required['data'] : {};
  const present = isJsonObject(live['data']) ? live['data'] : {};
  const kept = injectedKeys(required).filter((key) => !Object.hasOwn(wanted, key) && Object.hasOwn(present, key));
  if (kept.length === 0) return required;
  return { ...required, data: { ...wanted, ...Object.fromEntries(kept.map((key) => [key, present[key]])) } };
}

function injectedKeys({ metadata }: AnyObject): readonly string[] {
  return [
    ...(metadata.labels?.['config.openshift.io/inject-trusted-cabundle'] === 'true' ? ['ca-bundle.crt'] : []),
    ...(metadata.annotations?.['service.beta.openshift.io/inject-cabundle'] === 'true' ? ['service-ca.crt'] : []),
  ];
}
