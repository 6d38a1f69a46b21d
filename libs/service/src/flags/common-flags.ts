import { parseListenAddress } from '../serving/listen-address.ts';
import { complainAboutCiphers, tlsVersions, webhookTlsVersions } from '../serving/tls-settings.ts';
import type { FlagTable } from './flag.ts';

const isPositive = (value: number): string | undefined => (value > 0 ? undefined : 'must be greater than 0');
const isPort = (value: number): string | undefined => (value <= 65_535 ? undefined : 'must be at most 65535');
const isAddress = (value: string): string | undefined =>
  parseListenAddress(value) === undefined ? 'must be host:port' : undefined;

/** Verbosity, and what Go's loggers also know: accepted for the sake of existing manifests, without effect. Every command has them. */
export const loggingFlags = {
  verbosity: { name: 'v', type: 'integer', default: 0, help: 'log level; from 4 on also what the process looked at' },
  vmodule: { name: 'vmodule', type: 'string', hidden: true, help: 'no effect' },
  logToStderr: { name: 'logtostderr', type: 'boolean', default: true, hidden: true, help: 'no effect' },
  alsoLogToStderr: { name: 'alsologtostderr', type: 'boolean', default: false, hidden: true, help: 'no effect' },
  stderrThreshold: { name: 'stderrthreshold', type: 'string', hidden: true, help: 'no effect' },
  logFlushFrequency: { name: 'log-flush-frequency', type: 'string', hidden: true, help: 'no effect' },
  logBacktraceAt: { name: 'log-backtrace-at', type: 'string', hidden: true, help: 'no effect' },
  logDirectory: { name: 'log-dir', type: 'string', hidden: true, help: 'no effect' },
  logFile: { name: 'log-file', type: 'string', hidden: true, help: 'no effect' },
  logFileMaxSize: { name: 'log-file-max-size', type: 'string', hidden: true, help: 'no effect' },
  logOneOutput: { name: 'one-output', type: 'boolean', default: false, hidden: true, help: 'no effect' },
  logSkipHeaders: { name: 'skip-headers', type: 'boolean', default: false, hidden: true, help: 'no effect' },
  logSkipFileHeaders: { name: 'skip-log-headers', type: 'boolean', default: false, hidden: true, help: 'no effect' },
  logAddDirectory: { name: 'add-dir-header', type: 'boolean', default: false, hidden: true, help: 'no effect' },
} as const satisfies FlagTable;

const tlsCipherSuites = {
  name: 'tls-cipher-suites',
  type: 'list',
  default: [],
  help: 'IANA names of the cipher suites to serve with TLS 1.2; those of 1.3 are fixed',
  check: complainAboutCiphers,
} as const;

const kubeconfig = {
  name: 'kubeconfig',
  type: 'string',
  help: 'path of the kubeconfig; without it the service account of the pod is used',
} as const;

/** What every hub controller and every agent accepts (registration 25, work 4.4), besides its gates and {@link loggingFlags}. */
export const commonFlags = {
  kubeconfig,
  namespace: {
    name: 'namespace',
    type: 'string',
    help: 'namespace of the process; without it that of its service account',
  },
  listen: {
    name: 'listen',
    type: 'string',
    default: '0.0.0.0:8443',
    help: 'address of the HTTPS server for health and metrics',
    check: isAddress,
  },
  servingConfigFile: {
    name: 'config',
    type: 'string',
    help: 'file with the serving settings (servingInfo); it overrides the TLS flags',
  },
  tlsMinVersion: {
    name: 'tls-min-version',
    type: 'string',
    allowed: tlsVersions,
    help: 'oldest TLS version to serve; without it VersionTLS12',
  },
  tlsCipherSuites,
  terminateOnFiles: {
    name: 'terminate-on-files',
    type: 'array',
    default: [],
    help: 'file whose change ends the process, so that it is started again with the new content',
  },
  kubeApiQps: {
    name: 'kube-api-qps',
    type: 'number',
    default: 50,
    help: 'cap on requests per second; the default means as fast as the API server allows',
    check: isPositive,
  },
  kubeApiBurst: {
    name: 'kube-api-burst',
    type: 'integer',
    default: 100,
    help: 'burst for kube-api-qps',
    check: isPositive,
  },
  disableLeaderElection: {
    name: 'disable-leader-election',
    type: 'boolean',
    default: false,
    help: 'work without being the leader; only for a single replica',
  },
  leaseDurationMs: {
    name: 'leader-election-lease-duration',
    type: 'duration',
    default: '137s',
    help: 'how long others wait before they take over a lease that is not renewed',
    check: isPositive,
  },
  renewDeadlineMs: {
    name: 'leader-election-renew-deadline',
    type: 'duration',
    default: '107s',
    help: 'how long the leader tries to renew before it gives up',
    check: isPositive,
  },
  retryPeriodMs: {
    name: 'leader-election-retry-period',
    type: 'duration',
    default: '26s',
    help: 'time between two attempts to take or renew the lease',
    check: isPositive,
  },
} as const satisfies FlagTable;

/** What every webhook server accepts (registration 25, work 4.3), besides its gates and {@link loggingFlags}. */
export const webhookFlags = {
  kubeconfig,
  port: { name: 'port', type: 'integer', default: 9443, help: 'port of the HTTPS server for admission', check: isPort },
  metricsPort: {
    name: 'metrics-port',
    type: 'integer',
    default: 8080,
    help: 'port of the HTTP server for metrics; 0 or less switches it off',
    check: isPort,
  },
  healthProbePort: {
    name: 'health-probe-port',
    type: 'integer',
    default: 8000,
    help: 'port of the HTTP server for health; 0 or less switches it off',
    check: isPort,
  },
  certificateDirectory: {
    name: 'certdir',
    type: 'string',
    default: '/tmp/k8s-webhook-server/serving-certs',
    help: 'directory with tls.crt and tls.key',
  },
  tlsMinVersion: {
    name: 'tls-min-version',
    type: 'string',
    default: 'VersionTLS12',
    allowed: webhookTlsVersions,
    help: 'oldest TLS version to serve; nothing below 1.2 is served',
  },
  tlsCipherSuites,
} as const satisfies FlagTable;
