import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

// botocore's model of an API, as far as it is looked at here.
interface Model {
  readonly operations: Readonly<
    Record<string, { readonly http: { readonly method: string; readonly requestUri: string }; readonly input: Member }>
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
}
interface Member {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
}
interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: Member;
  readonly key?: Member;
  readonly value?: Member;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

export interface AccessEntry {
  readonly principalArn: string;
  readonly username?: string;
  readonly kubernetesGroups?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** Access entries of one EKS cluster on 127.0.0.1. Requests that the model of the API does not know are remembered and refused. */
export interface EksStub extends AsyncDisposable {
  readonly url: string;
  readonly entries: ReadonlyMap<string, AccessEntry>;
  readonly violations: readonly string[];
  /** The next creations are refused like those whose role EKS does not know yet. */
  refuseCreations(times: number): void;
}

export async function startEksStub(modelPath: string, cluster: string): Promise<EksStub> {
  const model = JSON.parse((await promisify(gunzip)(await readFile(modelPath))).toString()) as Model;
  const entries = new Map<string, AccessEntry>();
  const violations: string[] = [];
  let refusals = 0;

  function answer(operation: string, input: Readonly<Record<string, unknown>>): Answer {
    const principalArn = String(input['principalArn']);
    if (input['clusterName'] !== cluster && input['name'] !== cluster) {
      return { status: 404, type: 'ResourceNotFoundException' };
    }
    const present = entries.get(principalArn);
    switch (operation) {
      case 'CreateAccessEntry':
        if (refusals > 0) {
          refusals -= 1;
          return { status: 400, type: 'InvalidParameterException' };
        }
        if (present) return { status: 409, type: 'ResourceInUseException' };
        entries.set(principalArn, input as unknown as AccessEntry);
        return { status: 200, body: { accessEntry: input } };
      case 'DescribeAccessEntry':
        return present
          ? { status: 200, body: { accessEntry: present } }
          : { status: 404, type: 'ResourceNotFoundException' };
      case 'DeleteAccessEntry':
        return entries.delete(principalArn)
          ? { status: 200, body: {} }
          : { status: 404, type: 'ResourceNotFoundException' };
      default:
        return { status: 400, type: 'UnknownOperationException' };
    }
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = await request.toArray();
    const read = readRequest(model, request, Buffer.concat(chunks).toString());
    violations.push(...read.violations);
    const { status, type, body }: Answer =
      read.violations.length > 0 ? { status: 400, type: 'ValidationException' } : answer(read.operation, read.input);
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(type === undefined ? {} : { 'x-amzn-errortype': type }),
    });
    response.end(JSON.stringify(body ?? { message: `${type ?? ''}: ${read.violations.join()}` }));
  }

  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    entries,
    violations,
    refuseCreations(times) {
      refusals = times;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: object;
}

interface ReadRequest {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly violations: readonly string[];
}

/** What a request asks for, and how it differs from what the model allows. */
function readRequest(model: Model, request: IncomingMessage, text: string): ReadRequest {
  const url = new URL(request.url ?? '/', 'http://eks');
  const route = findOperation(model, request.method ?? '', url.pathname);
  if (route === undefined)
    return { operation: '', input: {}, violations: [`no operation ${request.method} ${request.url}`] };
  const signed = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/eks\/aws4_request, /.test(
    request.headers.authorization ?? '',
  );
  const body = text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
  const shape = model.shapes[route.input.shape] ?? { type: 'structure' };
  const members = Object.entries(shape.members ?? {});
  const fromUri = members.flatMap(([name, { location, locationName = name }]) =>
    location === 'uri' && route.uri[locationName] !== undefined ? [[name, route.uri[locationName]] as const] : [],
  );
  const input = { ...body, ...Object.fromEntries(fromUri) };
  const violations = [
    ...(signed ? [] : ['the request is not signed for EKS']),
    ...[...url.searchParams.keys()].map((name) => `unknown query parameter ${name}`),
    ...complaints(model, { shape: route.input.shape, value: input, path: route.operation }),
  ];
  return { operation: route.operation, input, violations };
}

function findOperation(
  { operations }: Model,
  method: string,
  pathname: string,
): { readonly operation: string; readonly input: Member; readonly uri: Readonly<Record<string, string>> } | undefined {
  for (const [operation, { http, input }] of Object.entries(operations)) {
    const pattern = http.requestUri.replaceAll(/\{(\w+)\+?\}/g, '(?<$1>[^/]+)');
    const found = new RegExp(`^${pattern}$`).exec(pathname);
    if (http.method !== method || found === null) continue;
    const uri = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)] as const);
    return { operation, input, uri: Object.fromEntries(uri) };
  }
  return undefined;
}

interface Subject {
  readonly shape: string;
  readonly value: unknown;
  readonly path: string;
}

function complaints(model: Model, { shape: name, value, path }: Subject): readonly string[] {
  const shape = model.shapes[name] ?? { type: 'unknown' };
  switch (shape.type) {
    case 'structure':
      return structureComplaints(model, shape, { shape: name, value, path });
    case 'list':
      if (!Array.isArray(value)) return [`${path} must be a list`];
      return value.flatMap((item) =>
        complaints(model, { shape: shape.member?.shape ?? '', value: item, path: `${path}[]` }),
      );
    case 'map':
      if (typeof value !== 'object' || value === null) return [`${path} must be a map`];
      return Object.entries(value).flatMap(([key, item]) => [
        ...complaints(model, { shape: shape.key?.shape ?? '', value: key, path: `${path} key` }),
        ...complaints(model, { shape: shape.value?.shape ?? '', value: item, path: `${path}.${key}` }),
      ]);
    case 'string':
      return stringComplaints(shape, value, path);
    default:
      return [`${path}: shape ${name} of type ${shape.type} is not expected here`];
  }
}

function structureComplaints(
  model: Model,
  { members = {}, required = [] }: Shape,
  { value, path }: Subject,
): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${path} must be an object`];
  return [
    ...required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, item]) => {
      const member = members[name];
      return member === undefined
        ? [`${path}.${name} is not known`]
        : complaints(model, { shape: member.shape, value: item, path: `${path}.${name}` });
    }),
  ];
}

function stringComplaints(
  { pattern, enum: allowed, min = 0, max = Infinity }: Shape,
  value: unknown,
  path: string,
): readonly string[] {
  if (typeof value !== 'string') return [`${path} must be a text`];
  const fits =
    value.length >= min &&
    value.length <= max &&
    (allowed === undefined || allowed.includes(value)) &&
    (pattern === undefined || new RegExp(pattern).test(value));
  return fits ? [] : [`${path} "${value}" is not allowed`];
}
