import { type AnyObject, isJsonObject, type JsonObject } from '../manifest/any-object.ts';
import type { KindRules } from './comparison.ts';
import { compareFields } from './enforce-fields.ts';
import { hasShapes } from './field-shape.ts';

/** Validating- and MutatingWebhookConfiguration: `webhooks`; a `caBundle` that the manifest lacks stays as it is live (work 8.1). */
export const webhookConfigurationRules: KindRules = {
  fits: (manifest) => hasShapes(manifest, { webhooks: 'list' }),
  compare: (required, live) => compareFields(withLiveBundles(required, live), live, ['webhooks']),
};

function withLiveBundles(required: AnyObject, live: AnyObject): AnyObject {
  const webhooks = webhooksOf(required);
  if (webhooks.length === 0) return required;
  const bundles = new Map(webhooksOf(live).map((webhook) => [webhook['name'], clientConfigOf(webhook)['caBundle']]));
  return { ...required, webhooks: webhooks.map((webhook) => withBundle(webhook, bundles.get(webhook['name']))) };
}

function withBundle(webhook: JsonObject, caBundle: unknown): JsonObject {
  const clientConfig = clientConfigOf(webhook);
  if (clientConfig['caBundle'] || !caBundle) return webhook;
  return { ...webhook, clientConfig: { ...clientConfig, caBundle } };
}

function webhooksOf(configuration: AnyObject): readonly JsonObject[] {
  const { webhooks } = configuration;
  return Array.isArray(webhooks) ? webhooks.filter(isJsonObject) : [];
}

function clientConfigOf(webhook: JsonObject): JsonObject {
  const { clientConfig } = webhook;
  return isJsonObject(clientConfig) ? clientConfig : {};
}
