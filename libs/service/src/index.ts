// A program and its commands
export { type Command, defineCommand, type ProcessContext } from './process/command.ts';
export type { Program } from './process/choose-command.ts';
export { runProgram, type RunOptions } from './process/run-program.ts';
export { keepHeapSmall, limitGarbageSpace, limitHeapGrowth } from './process/heap-size.ts';
export type { ProcessHost } from './process/supervise.ts';
export { errorLine } from './process/error-line.ts';
export { ConfigError } from './config-error.ts';

// Flags and gates
export { type Flag, type FlagConfig, type FlagTable, featureGatesFlag, type FlagValue } from './flags/flag.ts';
export { type CommandText, type FlagOutcome, parseFlags } from './flags/parse-flags.ts';
export { flagsMarkdown } from './flags/describe-flag.ts';
export { commonFlags, loggingFlags, webhookFlags } from './flags/common-flags.ts';
export { parseGoDuration } from './flags/go-duration.ts';
export { type FeatureGates, type GateTable, type GatesOf, gatesOf, parseFeatureGates } from './feature-gates.ts';

// What a controller process is made of
export { createLogger, type Logger } from './logger.ts';
export { componentNamespace, kubeconfigSource } from './process/component-identity.ts';
export { type Component, type ComponentFlags, openComponent, type Served } from './process/component.ts';
export { rateLimit } from './process/rate-limit.ts';
export { type LeadOptions, leadUntilStopped } from './process/lead.ts';
export { stopOnFileChange } from './process/stop-on-file-change.ts';
export { type FileWatch, fileChanges } from './file-changes.ts';
export {
  openProcessListener,
  openProcessServer,
  type ProcessListenerOptions,
  type ProcessServerOptions,
} from './process/process-server.ts';

// Health, metrics, TLS
export type { HealthCheck } from './serving/health.ts';
export { type AccessGuard, type AccessVerdict, createAccessGuard } from './serving/access-guard.ts';
export {
  type BodyRead,
  type ClientCertificate,
  type FullRequest,
  type ListenerOptions,
  openListener,
  type PlainAnswer,
  type PlainRequest,
} from './serving/http-listener.ts';
export type { ClientAuthorities, Listener, ServerTls } from './serving/open-server.ts';
export { allMetrics } from './metrics/all-metrics.ts';
export { answerProcessEndpoints, type MetricsSource, type ProcessEndpoints } from './serving/process-endpoints.ts';
export { type ListenAddress, parseListenAddress } from './serving/listen-address.ts';
export { tlsSettings, type TlsSettings } from './serving/tls-settings.ts';
export { type BuildInfo, buildInfoMetricName } from './metrics/build-info.ts';
export {
  createProcessMetrics,
  type OwnGauge,
  type OwnSeries,
  type ProcessMetrics,
} from './metrics/process-registry.ts';
