import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One answered request as the API server's audit log has it (level Metadata, stage ResponseComplete). */
export interface AuditEntry {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`. */
  readonly verb: string;
  readonly path: string;
  readonly user: string;
  readonly userAgent: string;
  readonly code: number;
  /** Absent for paths such as `/readyz`. */
  readonly object?: {
    readonly group: string;
    readonly resource: string;
    readonly subresource?: string | undefined;
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
  };
}

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly responseStatus?: { readonly code?: number };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
}

const POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  omitManagedFields: true,
  rules: [{ level: 'Metadata' }],
};

/** Writes the policy and returns the flags that make an API server log to `audit.log` in the directory, each line before it answers. */
export async function auditFlags(directory: string): Promise<string[]> {
  const policy = join(directory, 'audit-policy.json');
  await writeFile(policy, JSON.stringify(POLICY));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${auditLog(directory)}`, '--audit-log-mode=blocking'];
}

/** Every request so far; a watch appears when it starts and once more when it ends. */
export async function readAuditLog(directory: string): Promise<AuditEntry[]> {
  const text = await readFile(auditLog(directory), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''; // not a single request yet
    throw error;
  });
  // A last line without a newline is still being written.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => entryOf(JSON.parse(line) as AuditEvent));
}

function entryOf({ verb, requestURI, user, userAgent = '', responseStatus, objectRef }: AuditEvent): AuditEntry {
  const entry = { verb, path: requestURI, user: user.username, userAgent, code: responseStatus?.code ?? 0 };
  if (objectRef === undefined) return entry;
  const { apiGroup: group = '', resource, subresource, namespace, name } = objectRef;
  return { ...entry, object: { group, resource, subresource, namespace, name } };
}

function auditLog(directory: string): string {
  return join(directory, 'audit.log');
}
