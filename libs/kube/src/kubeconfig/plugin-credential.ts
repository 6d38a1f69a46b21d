import type { RequestOptions } from 'node:https';
import { isAbsolute, join } from 'node:path';
import { KubeError } from '../error.ts';
import { abortable } from '../transport/abortable.ts';
import type { LoadedContext } from './source.ts';

// A program may ask somewhere else, but nobody is there to type a password.
const TIMEOUT_MS = 60_000;

/** What an `exec` or `auth-provider` entry gave. */
export interface PluginCredential {
  readonly headers: Readonly<Record<string, string>>;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Completes the options of a request. */
type Apply = (options: RequestOptions) => Promise<void>;

/**
 * Credential plug-ins, run by client-node, which keeps their answer until it expires. It is loaded when the first such user is met: most
 * processes have none, and auth providers come with the whole of that library (some 40 MB resident).
 */
export class PluginCredentials {
  #loaded: { readonly user: string; readonly apply: Apply } | undefined;

  /** @throws KubeError `config` when the plug-in fails, or gives nothing within 60 s */
  async get(context: LoadedContext): Promise<PluginCredential> {
    const user = JSON.stringify(context.user);
    try {
      if (this.#loaded?.user !== user) this.#loaded = { user, apply: await load(context) };
      const options: RequestOptions = { headers: {} };
      await abortable(this.#loaded.apply(options), AbortSignal.timeout(TIMEOUT_MS));
      return credentialOf(options);
    } catch (error) {
      const how = context.user.exec === undefined ? 'auth-provider' : 'exec';
      const { message } = error as { readonly message?: string };
      throw new KubeError(`${context.origin}: ${how}: no credential: ${message?.trim() ?? String(error)}`, {
        code: 'config',
        cause: error,
      });
    }
  }

  /** The server refused the credential: the next one is asked for anew. */
  forget(): void {
    this.#loaded = undefined;
  }
}

function credentialOf({ headers, cert, key }: RequestOptions): PluginCredential {
  const entries = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return {
    headers: Object.fromEntries(entries),
    cert: typeof cert === 'string' ? cert : undefined,
    key: typeof key === 'string' ? key : undefined,
  };
}

function load(context: LoadedContext): Promise<Apply> {
  return context.user.exec === undefined ? loadAuthProvider(context) : loadProgram(context, context.user.exec);
}

async function loadProgram({ directory }: LoadedContext, exec: Readonly<Record<string, unknown>>): Promise<Apply> {
  // By itself it is small; the door of the package leads to all its generated types.
  const { ExecAuth } = await import('@kubernetes/client-node/dist/exec_auth.js');
  const program = new ExecAuth();
  const { apiVersion, command, env } = exec;
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
  const user = {
    name: 'exec',
    exec: {
      ...exec,
      // One with a slash is relative to the kubeconfig; others are looked up in the path.
      command: isRelative(command) ? join(directory, command) : command,
      env: [...(Array.isArray(env) ? env : []), { name: 'KUBERNETES_EXEC_INFO', value: info }] as unknown[],
    },
  };
  return (options) => program.applyAuthentication(user, options);
}

async function loadAuthProvider({ user }: LoadedContext): Promise<Apply> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const name = 'auth-provider';
  const { name: provider, config: settings } = user.authProvider ?? {};
  config.loadFromOptions({
    clusters: [{ name, server: 'https://127.0.0.1', skipTLSVerify: false }],
    users: [{ name, authProvider: { name: provider, config: settings } }],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  });
  return (options) => config.applyToHTTPSOptions(options);
}

function isRelative(command: unknown): command is string {
  return typeof command === 'string' && command.includes('/') && !isAbsolute(command);
}
