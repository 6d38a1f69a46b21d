/** What a request asks for, in the terms of RBAC. */
export interface RequestInfo {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; the HTTP method for paths such as `/readyz`. */
  readonly verb: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly group: string;
  /** `managedclusters`, `managedclusters/status`; empty when the path names no resource. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly userAgent: string;
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
// In /api/v1/namespaces/x/status the namespace is the object and not where the object is.
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Reads method and path as kube-apiserver does. */
export function requestInfo(method: string, path: string, userAgent: string): RequestInfo {
  const url = new URL(path, 'https://localhost');
  const target = resourceOf(url.pathname.split('/').filter((part) => part !== ''));
  if (target === undefined) {
    return { verb: method.toLowerCase(), path, group: '', resource: '', namespace: '', name: '', userAgent };
  }
  const { group, resource, namespace, name } = target;
  const isWatch = ['true', '1'].includes(url.searchParams.get('watch') ?? '');
  return { verb: verbOf(method, name !== '', isWatch), path, group, resource, namespace, name, userAgent };
}

/** Whether the request can change stored objects. Reviews are created too, but nothing is stored. */
export function isWrite({ verb, group }: RequestInfo): boolean {
  return WRITES.has(verb) && group !== 'authorization.k8s.io' && group !== 'authentication.k8s.io';
}

type Target = Pick<RequestInfo, 'group' | 'resource' | 'namespace' | 'name'>;

function resourceOf([root, ...rest]: readonly string[]): Target | undefined {
  if (root === 'api') return inGroup('', rest.slice(1));
  if (root === 'apis') return inGroup(rest[0] ?? '', rest.slice(2));
  return undefined;
}

function inGroup(group: string, encoded: readonly string[]): Target | undefined {
  const parts = encoded.map(decodeURIComponent);
  if (parts.length === 0) return undefined;
  const [first, namespace = '', third = ''] = parts;
  const isOfNamespace = group === '' && NAMESPACE_SUBRESOURCES.has(third);
  return first === 'namespaces' && parts.length > 2 && !isOfNamespace
    ? { group, namespace, ...objectOf(parts.slice(2)) }
    : { group, namespace: '', ...objectOf(parts) };
}

function objectOf([resource = '', name = '', subresource]: readonly string[]): Pick<Target, 'resource' | 'name'> {
  return { resource: subresource === undefined ? resource : `${resource}/${subresource}`, name };
}

function verbOf(method: string, named: boolean, isWatch: boolean): string {
  switch (method) {
    case 'GET':
      return isWatch ? 'watch' : named ? 'get' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return method.toLowerCase();
  }
}
