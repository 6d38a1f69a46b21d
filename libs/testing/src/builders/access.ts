import { generateKeyPairSync } from 'node:crypto';
import {
  CertificateSigningRequest,
  ClusterRole,
  ClusterRoleBinding,
  type PolicyRule,
  Role,
  RoleBinding,
  type RoleRef,
  signers,
  type Subject,
} from '@ocm/api';
import { createCertificateRequest } from '@ocm/pki';
import { aCondition, base, given, type Named, type Placed } from './metadata.ts';

const RULES: readonly PolicyRule[] = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
const RBAC = 'rbac.authorization.k8s.io';

export interface RulesOver {
  /** Default: may get ConfigMaps. */
  readonly rules?: readonly PolicyRule[];
}

/** A role that may get ConfigMaps. */
export function aRole(over: Placed & RulesOver = {}): Role {
  return { ...base(Role, over, { name: 'role1', namespace: 'default' }), rules: over.rules ?? RULES };
}

/** A cluster role that may get ConfigMaps. */
export function aClusterRole(over: Named & RulesOver = {}): ClusterRole {
  return { ...base(ClusterRole, over, { name: 'clusterrole1' }), rules: over.rules ?? RULES };
}

export interface BindingOver {
  /** Name of the bound role; of a ClusterRole, or of a Role when it begins with `Role/`. */
  readonly role?: string;
  /** `user1`, `Group/group1` or `ServiceAccount/namespace/name`. */
  readonly subjects?: readonly string[];
}

/** A binding of a cluster role to one user, for one namespace. */
export function aRoleBinding(over: Placed & BindingOver = {}): RoleBinding {
  return { ...base(RoleBinding, over, { name: 'binding1', namespace: 'default' }), ...boundOf(over) };
}

/** A binding of a cluster role to one user. */
export function aClusterRoleBinding(over: Named & BindingOver = {}): ClusterRoleBinding {
  return { ...base(ClusterRoleBinding, over, { name: 'binding1' }), ...boundOf(over) };
}

export interface CSROver extends Named {
  /** Subject of the request inside. */
  readonly commonName?: string;
  readonly organizations?: readonly string[];
  readonly signerName?: string;
  readonly usages?: readonly string[];
  readonly expirationSeconds?: number;
  /** Who made it, as the API server would say; it overwrites this. */
  readonly username?: string;
  readonly groups?: readonly string[];
  readonly decided?: 'Approved' | 'Denied';
  /** PEM; the object carries it in base64. */
  readonly certificate?: string;
}

/** A request for a client certificate with a fresh key that nobody has. */
export function aCSR(over: CSROver = {}): CertificateSigningRequest {
  const { commonName = 'user1', organizations = [], signerName = signers.kubeClient, username, groups } = over;
  const { usages = ['digital signature', 'key encipherment', 'client auth'], expirationSeconds } = over;
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    ...base(CertificateSigningRequest, over, { name: 'csr1' }),
    spec: {
      request: base64(createCertificateRequest({ key, commonName, organizations })),
      signerName,
      usages,
      ...given({ expirationSeconds, username, groups }),
    },
    ...csrStatus(over),
  };
}

function csrStatus({ decided, certificate }: CSROver): Pick<CertificateSigningRequest, 'status'> {
  if (decided === undefined && certificate === undefined) return {};
  const conditions = decided === undefined ? [] : [{ ...aCondition({ type: decided, status: 'True' }), type: decided }];
  return { status: { conditions, ...(certificate === undefined ? {} : { certificate: base64(certificate) }) } };
}

function boundOf({ role = 'clusterrole1', subjects = ['user1'] }: BindingOver): {
  readonly roleRef: RoleRef;
  readonly subjects: readonly Subject[];
} {
  const isRole = role.startsWith('Role/');
  const name = isRole ? role.slice('Role/'.length) : role;
  return {
    roleRef: { apiGroup: RBAC, kind: isRole ? 'Role' : 'ClusterRole', name },
    subjects: subjects.map(subjectOf),
  };
}

function subjectOf(text: string): Subject {
  const [kind = '', first = '', second = ''] = text.split('/');
  if (kind === 'ServiceAccount') return { kind, namespace: first, name: second };
  return kind === 'Group' ? { kind, apiGroup: RBAC, name: first } : { kind: 'User', apiGroup: RBAC, name: text };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
