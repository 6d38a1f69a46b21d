import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Environment variable that names a ready broker and turns off everything else. */
export const BROKER_VARIABLE = 'OCM_MQTT_BROKER';

/** The module of the broker: its go.mod and go.sum decide what is compiled. */
export const GO_MODULE = join(import.meta.dirname, '../go');

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the broker lies, or is to be put. */
export interface Located {
  readonly path: string;
  readonly isThere: boolean;
}

/**
 * Looks for the broker where `OCM_MQTT_BROKER` says, or else in the user's cache; takes about a millisecond.
 *
 * @param cacheDir folder of the user's cache; default `$XDG_CACHE_HOME` or `~/.cache`
 */
export async function locateMqttBroker(env: Environment, cacheDir?: string): Promise<Located> {
  const named = env[BROKER_VARIABLE] ?? '';
  const path = named === '' ? await cachePath(env, cacheDir) : resolve(named);
  const isThere = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return { path, isThere };
}

/** Everything that makes two brokers differ is in the name: platform, versions, source. */
async function cachePath(env: Environment, cacheDir: string | undefined): Promise<string> {
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG base directory specification: relative paths are invalid and to be ignored.
  const root = cacheDir ?? (xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'));
  const sources = await Promise.all(['go.mod', 'go.sum', 'main.go'].map((name) => readFile(join(GO_MODULE, name))));
  const hash = createHash('sha256').update(Buffer.concat(sources)).digest('hex').slice(0, 12);
  return join(root, 'ocm', 'mqtt-broker', `${process.platform}-${process.arch}-${hash}`, 'mqtt-broker');
}
