import { readFile } from 'node:fs/promises';
import { ConfigError, type Logger } from '@ocm/service';
import { parse } from 'yaml';
import { parseServerConfig, type ServerConfig, type TlsFlags } from './server-config.ts';

/**
 * Reads the file of `--server-config`. Without one, or with one that does not exist, the defaults hold; the latter is worth a warning.
 *
 * @throws ConfigError when the file cannot be read, or holds what cannot be used
 */
export async function loadServerConfig(
  path: string | undefined,
  flags: TlsFlags,
  log: Pick<Logger, 'warn'>,
): Promise<ServerConfig> {
  const content = path === undefined ? undefined : await readYaml(path, log);
  const { config, withoutEffect, unknown } = locate(path, () => parseServerConfig(content, flags));
  if (withoutEffect.length > 0) log.warn({ file: path, keys: withoutEffect }, 'configuration keys have no effect');
  if (unknown.length > 0) log.warn({ file: path, keys: unknown }, 'configuration keys are unknown');
  if (config.tls.maxVersion !== 'TLSv1.3') {
    log.warn({ file: path, key: 'tls_max_version' }, 'TLS 1.3 is switched off: agents will not connect');
  }
  return config;
}

async function readYaml(path: string, log: Pick<Logger, 'warn'>): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      log.warn({ file: path }, 'server configuration does not exist: the defaults hold');
      return undefined;
    }
    throw new ConfigError([`cannot read the file of --server-config, ${path}`], { cause });
  }
  return locate(path, () => parse(text) as unknown);
}

/** Names the file in what is thrown. */
function locate<T>(path: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (path === undefined) throw cause;
    const problems = cause instanceof ConfigError ? cause.problems : [(cause as Error).message];
    throw new ConfigError(
      problems.map((problem) => `${path}: ${problem}`),
      { cause },
    );
  }
}
