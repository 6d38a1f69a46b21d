import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import {
  ClusterRole,
  ClusterRoleBinding,
  Namespace,
  type PolicyRule,
  Role,
  RoleBinding,
  ServiceAccount,
} from '@ocm/api';
import { type AccessQuestion, reviewAccess, systemClock } from '@ocm/kube';
import { createLogger, parseFlags } from '@ocm/service';
import { aNamespace, freePort, until } from '@ocm/testing';
import { type DebugConfig, debugFlags } from '../src/debug/debug-flags.ts';
import { runDebug } from '../src/debug/run-debug.ts';
import { type PlacementLab, USER } from './placement-lab.ts';

/** Namespace of the callers' service accounts. */
const CALLERS = 'callers';

export interface DebugAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The body as JSON. */
  readonly json: () => unknown;
}

export interface DebugQuestion {
  readonly method?: string;
  readonly token?: string;
  /** Client certificate and its key, in PEM. */
  readonly certificate?: { readonly certificatePem: string; readonly privateKeyPem: string };
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** One request over a connection of its own. */
export async function ask(port: number, path: string, question: DebugQuestion = {}): Promise<DebugAnswer> {
  const { method = 'GET', token, certificate, headers = {}, body } = question;
  const sent = request({
    host: '127.0.0.1',
    port,
    path,
    method,
    agent: false,
    rejectUnauthorized: false,
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) } as Record<
      string,
      string
    >,
    ...(certificate === undefined ? {} : { cert: certificate.certificatePem, key: certificate.privateKeyPem }),
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = await response.toArray();
  const text = Buffer.concat(chunks).toString();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: () => JSON.parse(text) as unknown,
  };
}

export interface DebugServer extends AsyncDisposable {
  readonly port: number;
}

/** The debug server in this process, with the rights of the placement controller; ready when its caches are filled. */
export async function startDebugServer(lab: PlacementLab): Promise<DebugServer> {
  const port = await freePort();
  const kubeconfig = join(lab.controlPlane.directory, `debug-${port}.kubeconfig`);
  await lab.controlPlane.writeKubeconfig(kubeconfig, { user: USER });
  const flags = [`--kubeconfig=${kubeconfig}`, '--namespace=hub', `--listen=127.0.0.1:${port}`];
  const stopping = new AbortController();
  const ended = runDebug(configOf(flags), {
    signal: stopping.signal,
    log: createLogger({ verbosity: 0, destination: { write: () => undefined } }),
    clock: systemClock,
    env: {},
    stop: () => stopping.abort(),
  });
  // Certificates are trusted once the caches are filled.
  const certificate = await lab.controlPlane.clientCertificate({ user: 'probe', groups: ['system:masters'] });
  await until(async () => (await ask(port, '/debug/placements/x', { certificate })).status === 400, {
    describe: 'the debug server knows the authorities of the hub',
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended;
    },
  };
}

function configOf(args: readonly string[]): DebugConfig {
  const outcome = parseFlags(debugFlags, args, { name: 'placement debug', summary: '', examples: [] });
  if (outcome.kind === 'help') throw new Error('help was asked for');
  return outcome.config;
}

export interface CallerRights {
  /** Verbs on the debug path. */
  readonly urls?: readonly string[];
  /** Verbs on Placements, by namespace. */
  readonly placements?: Readonly<Record<string, readonly string[]>>;
  readonly metrics?: boolean;
}

/** The token of a new service account that has these rights. */
export async function aCaller(
  { admin, signal }: Pick<PlacementLab, 'admin' | 'signal'>,
  name: string,
  may: CallerRights = {},
): Promise<string> {
  if ((await admin.kind(Namespace).find(CALLERS, { signal })) === undefined) {
    await admin.kind(Namespace).create(aNamespace({ name: CALLERS }), { signal });
  }
  const subject = { kind: 'ServiceAccount', namespace: CALLERS, name } as const;
  await admin.kind(ServiceAccount).create({ metadata: { name, namespace: CALLERS } }, { signal });
  const apiGroup = 'rbac.authorization.k8s.io';
  const urls: readonly PolicyRule[] = [
    { nonResourceURLs: ['/debug/placements/*'], verbs: may.urls ?? [] },
    { nonResourceURLs: ['/metrics'], verbs: may.metrics === true ? ['get'] : [] },
  ].filter(({ verbs }) => verbs.length > 0);
  await admin.kind(ClusterRole).create({ metadata: { name }, rules: urls }, { signal });
  const clusterRole = { apiGroup, kind: 'ClusterRole', name } as const;
  await admin
    .kind(ClusterRoleBinding)
    .create({ metadata: { name }, roleRef: clusterRole, subjects: [subject] }, { signal });
  for (const [namespace, verbs] of Object.entries(may.placements ?? {})) {
    const rules = [{ apiGroups: ['cluster.open-cluster-management.io'], resources: ['placements'], verbs }];
    await admin.kind(Role).create({ metadata: { name, namespace }, rules }, { signal });
    const roleRef = { apiGroup, kind: 'Role', name } as const;
    await admin.kind(RoleBinding).create({ metadata: { name, namespace }, roleRef, subjects: [subject] }, { signal });
  }
  await until(() => mayAll({ admin, signal }, name, may), { describe: `${name} has its rights` });
  const { status, body } = await admin.request({
    method: 'POST',
    path: `/api/v1/namespaces/${CALLERS}/serviceaccounts/${name}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
    signal,
  });
  if (status !== 201) throw new Error(`no token for ${name}: ${body}`);
  return (JSON.parse(body) as { status: { token: string } }).status.token;
}

/** Whether the API server has taken in all of these rights, which it does a moment after they are written. */
async function mayAll(
  { admin, signal }: Pick<PlacementLab, 'admin' | 'signal'>,
  name: string,
  { urls = [], placements = {}, metrics = false }: CallerRights,
): Promise<boolean> {
  const group = 'cluster.open-cluster-management.io';
  const questions: readonly Pick<AccessQuestion, 'path' | 'resource'>[] = [
    ...urls.map((verb) => ({ path: { path: '/debug/placements/x', verb } })),
    ...(metrics ? [{ path: { path: '/metrics', verb: 'get' } }] : []),
    ...Object.entries(placements).flatMap(([namespace, verbs]) =>
      verbs.map((verb) => ({ resource: { group, resource: 'placements', namespace, verb } })),
    ),
  ];
  const user = `system:serviceaccount:${CALLERS}:${name}`;
  const answers = await Promise.all(
    questions.map((question) => reviewAccess(admin, { user, ...question }, { signal })),
  );
  return answers.every(({ allowed }) => allowed);
}
