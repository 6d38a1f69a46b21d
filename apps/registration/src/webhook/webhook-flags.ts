import { featureGatesFlag, type FlagConfig, type FlagTable, gatesOf, webhookFlags } from '@ocm/service';

/** Flags of `registration webhook-server` (registration 25). */
export const webhookServerFlags = {
  ...webhookFlags,
  gates: featureGatesFlag(gatesOf('registration-webhook')),
} as const satisfies FlagTable;

export type WebhookServerConfig = FlagConfig<typeof webhookServerFlags>;
