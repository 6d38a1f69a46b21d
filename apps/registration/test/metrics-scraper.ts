import { request } from 'node:https';
import { type PolicyRule, ServiceAccount, serviceAccountUser, type TokenRequest } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import { grantRights } from '@ocm/testing';

/** Somebody who may read metrics and nothing else. */
export interface Scraper {
  /** The metrics that a process serves on this port of the loopback; rejects while it serves none. */
  scrape(port: number): Promise<string>;
}

const READING: readonly PolicyRule[] = [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }];
const REVIEWING: readonly PolicyRule[] = [
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

/** @param reviewer user of the processes, which have to ask who scrapes and whether that is allowed */
export async function makeScraper(admin: KubeClient, reviewer: string, signal: AbortSignal): Promise<Scraper> {
  const account = { namespace: 'default', name: 'scraper' };
  await admin.kind(ServiceAccount).create({ metadata: account }, { signal });
  await grantRights(admin, { name: 'scraper', to: { user: serviceAccountUser(account) }, rules: READING }, signal);
  await grantRights(admin, { name: 'reviewer', to: { user: reviewer }, rules: REVIEWING }, signal);
  const token = await tokenOf(admin, account, signal);
  return { scrape: (port) => scrape(port, token) };
}

async function tokenOf(
  admin: KubeClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const answer = await admin.request({ method: 'POST', path, body, timeoutMs: 10_000, signal });
  return (JSON.parse(answer.body) as { readonly status: NonNullable<TokenRequest['status']> }).status.token;
}

function scrape(port: number, token: string): Promise<string> {
  const options = { host: '127.0.0.1', port, path: '/metrics', rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve(body) : reject(new Error(`/metrics answers ${answer.statusCode}: ${body}`)),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** The names of the queues in a text of metrics, sorted. */
export function queueNames(metrics: string): readonly string[] {
  return [...metrics.matchAll(/^workqueue_depth\{[^}]*name="([^"]+)"/gm)].map(([, name = '']) => name).toSorted();
}

/** The names of the metrics in a text, each once. */
export function metricNames(metrics: string): readonly string[] {
  return [...new Set([...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name))];
}

/** What a counter has come to: the sum of the series of this name whose labels contain the text. */
export function counted(metrics: string, name: string, labels = ''): number {
  const values = metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(labels))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
  return values.reduce((sum, value) => sum + value, 0);
}
