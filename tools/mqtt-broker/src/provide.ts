import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BROKER_VARIABLE, type Environment, GO_MODULE, locateMqttBroker } from './locate.ts';

/** Why there is no broker; the message is for the person at the terminal and says what to do. */
export class MqttBrokerError extends Error {
  override readonly name = 'MqttBrokerError';
}

export interface ProvideOptions {
  /** `PATH`, `HOME`, `GOPROXY` and so on; Go uses the user's own caches. */
  readonly env: Environment;
  /** Folder of the user's cache; default `$XDG_CACHE_HOME` or `~/.cache`. */
  readonly cacheDir?: string;
  readonly signal: AbortSignal;
  /** Called before something that takes long. */
  readonly progress: (step: string) => void;
}

/**
 * Makes sure that the broker is there: the one that `OCM_MQTT_BROKER` names, the one in the user's cache, or one built from its Go module,
 * which takes less than a minute on two cores. It comes into the cache whole; of two runs beside each other the later one wins.
 *
 * @returns path of the executable
 * @throws MqttBrokerError that says why it cannot be built and what to do
 */
export async function provideMqttBroker({ env, cacheDir, signal, progress }: ProvideOptions): Promise<string> {
  const { path, isThere } = await locateMqttBroker(env, cacheDir);
  if (isThere) return path;
  if ((env[BROKER_VARIABLE] ?? '') !== '') {
    throw new MqttBrokerError(`${BROKER_VARIABLE}: ${path} is no executable; correct or unset it to have one built`);
  }
  progress('building the MQTT broker with Go');
  await mkdir(dirname(path), { recursive: true });
  const partial = await mkdtemp(join(dirname(path), '.partial-'));
  try {
    await build(join(partial, 'mqtt-broker'), { env, signal });
    await rename(join(partial, 'mqtt-broker'), path);
  } finally {
    await rm(partial, { recursive: true, force: true, maxRetries: 3 });
  }
  return path;
}

async function build(output: string, { env, signal }: Pick<ProvideOptions, 'env' | 'signal'>): Promise<void> {
  // Without what would make another binary than the one meant, or change go.sum.
  const { GOOS: _os, GOARCH: _arch, GOEXPERIMENT: _experiment, ...rest } = env;
  const goEnv = { GOTOOLCHAIN: 'auto', ...rest, GOFLAGS: '-mod=readonly', GOWORK: 'off', CGO_ENABLED: '0' };
  const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', output, '.'];
  try {
    await promisify(execFile)('go', args, { cwd: GO_MODULE, env: goEnv, signal });
  } catch (error) {
    signal.throwIfAborted();
    const { code, message, stderr = '' } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    const why = code === 'ENOENT' ? 'there is no `go` on the PATH' : stderr.trim() || message;
    const advice = `install Go 1.21 or newer (https://go.dev/dl) and allow it to reach a module proxy (GOPROXY), or set ${BROKER_VARIABLE}`;
    throw new MqttBrokerError(`cannot build the MQTT broker: ${why}\n${advice}`, { cause: error });
  }
}
