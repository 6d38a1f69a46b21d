// A door of its own: fastify costs some 10 MB, which agents and controllers without webhooks must not pay.
export type {
  AdmissionRequest,
  AdmissionReview,
  AdmissionVerdict,
  PatchOperation,
} from './webhook/admission-review.ts';
export {
  type AdmissionHandler,
  admissionWebhook,
  serveWebhooks,
  type WebhookAnswer,
  type WebhookBody,
  type WebhookHandler,
  type WebhookServerOptions,
} from './webhook/webhook-server.ts';
export { createWebhookMetrics, type WebhookMetrics } from './webhook/webhook-metrics.ts';
export { type RequesterAccess, reviewRequester } from './webhook/requester-access.ts';
export { openWebhookProcess, runWebhookProcess, type WebhookProcessOptions } from './webhook/webhook-process.ts';
