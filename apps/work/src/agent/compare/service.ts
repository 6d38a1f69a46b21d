import { type AnyObject, isJsonObject, type JsonObject } from '../manifest/any-object.ts';
import { semanticEqual } from '@ocm/api';
import { type Comparison, type KindRules, SAME } from './comparison.ts';
import { withFields } from './enforce-fields.ts';
import { hasShapes } from './field-shape.ts';
import { mergeMetadata } from './merge-metadata.ts';
import { type FieldOrder, withSpecHash } from './spec-hash.ts';

const SERVICE_SPEC: FieldOrder = {
  fields: [
    'ports',
    'selector',
    'clusterIP',
    'clusterIPs',
    'type',
    'externalIPs',
    'sessionAffinity',
    'loadBalancerIP',
    'loadBalancerSourceRanges',
    'externalName',
    'externalTrafficPolicy',
    'healthCheckNodePort',
    'publishNotReadyAddresses',
    'sessionAffinityConfig',
    'ipFamilies',
    'ipFamilyPolicy',
    'allocateLoadBalancerNodePorts',
    'loadBalancerClass',
    'internalTrafficPolicy',
    'trafficDistribution',
  ],
  children: {
    ports: {
      fields: ['name', 'protocol', 'appProtocol', 'port', 'targetPort', 'nodePort'],
      defaults: { targetPort: 0 },
    },
  },
};

/**
 * Service: the spec as a whole, but the comparison looks at its hash, the selector and the type only, because the API server fills in
 * the rest (work 8.1).
 */
export const serviceRules: KindRules = {
  fits: (manifest) => hasShapes(manifest, { spec: 'object' }),
  prepare: (manifest) => withSpecHash(manifest, SERVICE_SPEC),
  compare: compareServices,
};

function compareServices(required: AnyObject, live: AnyObject): Comparison {
  const metadata = mergeMetadata(live.metadata, required.metadata);
  const sameSelector = semanticEqual(specOf(required)['selector'], specOf(live)['selector']);
  if (metadata === live.metadata && sameSelector && typeOf(required) === typeOf(live)) return SAME;
  return { kind: 'replace', object: withFields({ ...live, metadata }, required, ['spec']) };
}

function typeOf(service: AnyObject): unknown {
  const { type } = specOf(service);
  return type === undefined || type === '' ? 'ClusterIP' : type;
}

function specOf(service: AnyObject): JsonObject {
  const { spec } = service;
  return isJsonObject(spec) ? spec : {};
}
