import { type AnyObject, isJsonObject, type JsonObject } from '../manifest/any-object.ts';
import type { KindRules } from './comparison.ts';
import { enforceFields } from './enforce-fields.ts';

const WEBHOOK_PORT = 443;

/** CustomResourceDefinition (v1): `spec`, after the defaults that the API server would fill in (work 8.1). */
export const customResourceDefinitionRules: KindRules = {
  ...enforceFields({ spec: 'object' }),
  prepare: (manifest) => (isJsonObject(manifest['spec']) ? withDefaults(manifest, manifest['spec']) : manifest),
};

function withDefaults(manifest: AnyObject, spec: JsonObject): AnyObject {
  const names = isJsonObject(spec['names']) ? spec['names'] : {};
  const kind = typeof names['kind'] === 'string' ? names['kind'] : '';
  const conversion = isJsonObject(spec['conversion']) ? withPort(spec['conversion']) : { strategy: 'None' };
  const defaults = { singular: kind.toLowerCase(), listKind: `${kind}List` };
  return { ...manifest, spec: { ...spec, names: { ...defaults, ...names }, conversion } };
}

function withPort(conversion: JsonObject): JsonObject {
  const webhook = isJsonObject(conversion['webhook']) ? conversion['webhook'] : {};
  const clientConfig = isJsonObject(webhook['clientConfig']) ? webhook['clientConfig'] : {};
  if (!isJsonObject(clientConfig['service'])) return conversion;
  const service = { port: WEBHOOK_PORT, ...clientConfig['service'] };
  return { ...conversion, webhook: { ...webhook, clientConfig: { ...clientConfig, service } } };
}
