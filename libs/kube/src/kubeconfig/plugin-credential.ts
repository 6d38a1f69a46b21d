import { isAbsolute, join } from 'node:path';
import { KubeError } from '../error.ts';
import type { LoadedContext } from './source.ts';

/** What an `exec` or `auth-provider` entry gave. */
export interface PluginCredential {
  readonly headers: Readonly<Record<string, string>>;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

interface Loaded {
  readonly user: string;
  readonly apply: () => Promise<PluginCredential>;
}

/**
 * Runs credential plug-ins by means of client-node, which keeps their answer until it expires. That library takes much memory, so it is
 * loaded when the first such user is met.
 */
export class PluginCredentials {
  #loaded: Loaded | undefined;

  /** @throws KubeError `config` when the plug-in fails */
  async get(context: LoadedContext): Promise<PluginCredential> {
    const user = JSON.stringify(context.user);
    if (this.#loaded?.user !== user) this.#loaded = { user, apply: await load(context) };
    try {
      return await this.#loaded.apply();
    } catch (error) {
      const how = context.user.exec === undefined ? 'auth-provider' : 'exec';
      const reason = error instanceof Error ? error.message.trim() : String(error);
      throw new KubeError(`${context.origin}: ${how}: no credential: ${reason}`, { code: 'config', cause: error });
    }
  }

  /** The server refused the credential: the next one is asked for anew. */
  forget(): void {
    this.#loaded = undefined;
  }
}

async function load({ user, directory }: LoadedContext): Promise<() => Promise<PluginCredential>> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const name = 'default';
  const entry = { exec: execOf(user.exec, directory), 'auth-provider': user.authProvider };
  config.loadFromString(
    JSON.stringify({
      clusters: [{ name, cluster: { server: 'https://127.0.0.1' } }],
      users: [{ name, user: entry }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    }),
  );
  return async () => {
    const options: Parameters<typeof config.applyToHTTPSOptions>[0] = {};
    await config.applyToHTTPSOptions(options);
    const headers = Object.entries(options.headers ?? {}).map(([key, value]) => [key.toLowerCase(), String(value)]);
    return {
      headers: Object.fromEntries(headers) as Record<string, string>,
      cert: options.cert?.toString(),
      key: options.key?.toString(),
    };
  };
}

/** A command with a slash is relative to the kubeconfig; one without is looked up in the path. */
function execOf(exec: LoadedContext['user']['exec'], directory: string): object | undefined {
  const command = exec?.['command'];
  if (typeof command !== 'string' || !command.includes('/') || isAbsolute(command)) return exec;
  return { ...exec, command: join(directory, command) };
}
