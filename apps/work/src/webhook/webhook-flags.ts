import { featureGatesFlag, type FlagConfig, type FlagTable, gatesOf, webhookFlags } from '@ocm/service';

/** Flags of `work webhook-server` (work 4.3). */
export const webhookServerFlags = {
  ...webhookFlags,
  gates: featureGatesFlag(gatesOf('work-webhook')),
  manifestLimitBytes: {
    name: 'manifestLimit',
    type: 'integer',
    default: 512_000,
    help: 'largest size of all manifests of a work together, in bytes',
    check: (bytes) => (bytes > 0 ? undefined : 'must be greater than 0'),
  },
} as const satisfies FlagTable;

export type WebhookServerConfig = FlagConfig<typeof webhookServerFlags>;
