import { readFile } from 'node:fs/promises';
import { ConfigError } from '../config-error.ts';
import { messageWithCauses } from '../logger.ts';

/** The TLS settings of a `--config` file: its member `servingInfo`, in the words of the TLS flags. */
export interface ServingInfo {
  readonly minTLSVersion: string | undefined;
  readonly cipherSuites: readonly string[] | undefined;
}

/**
 * Reads the YAML or JSON file of `--config`. Members other than `servingInfo.minTLSVersion` and `.cipherSuites` are passed over; the
 * address is that of `--listen`.
 *
 * @throws ConfigError that names file and member
 */
export async function readServingInfo(path: string): Promise<ServingInfo> {
  const servingInfo = (await readYaml(path))['servingInfo'] ?? {};
  if (!isRecord(servingInfo)) throw new ConfigError([`${path}: servingInfo must be a map`]);
  const { minTLSVersion, cipherSuites } = servingInfo;
  if (!isAbsent(minTLSVersion) && typeof minTLSVersion !== 'string') {
    throw new ConfigError([`${path}: servingInfo.minTLSVersion must be a text`]);
  }
  if (!isAbsent(cipherSuites) && !isTextList(cipherSuites)) {
    throw new ConfigError([`${path}: servingInfo.cipherSuites must be a list of texts`]);
  }
  return { minTLSVersion: minTLSVersion || undefined, cipherSuites: cipherSuites ?? undefined };
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

async function readYaml(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    // Loaded on demand: hardly any process has such a file.
    const { parse } = await import('yaml');
    const content: unknown = parse(await readFile(path, 'utf8'));
    return isRecord(content) ? content : {};
  } catch (cause) {
    throw new ConfigError([`cannot read the file of --config, ${path}: ${messageWithCauses(cause)}`]);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
