import { ChannelCredentials } from '@grpc/grpc-js';
import { ConfigError } from '@ocm/service';
import {
  type ClientKeyPair,
  readAuthorities,
  readKeyPair,
  readSource,
  secureContextOf,
} from '../connection-file/tls-files.ts';
import { type GrpcClientConfig, parseGrpcClientConfig, usesTls } from './client-config.ts';

/** A configuration with the content of the files that it names. */
export interface LoadedClientConfig {
  readonly config: GrpcClientConfig;
  /** PEM; `undefined` when only the roots of this machine count. */
  readonly ca: string | undefined;
  readonly keyPair: ClientKeyPair | undefined;
  /** Secret. */
  readonly token: string | undefined;
}

/**
 * Reads the configuration file of a gRPC client and the files it names (cloudevents-grpc 9.1).
 *
 * @throws ConfigError for files that are missing, a CA that is no PEM, a token of several lines
 */
export async function loadClientConfig(path: string): Promise<LoadedClientConfig> {
  const config = await readConfig(path);
  const ca = await readAuthorities(config.ca, path);
  return { config, ca, keyPair: await readKeyPair(config.keyPair, path), token: await tokenOf(config, path) };
}

/**
 * The key pair that the configuration names now; authorities and token stay as they were at the start (cloudevents-grpc 9.2).
 *
 * @throws ConfigError as {@link loadClientConfig} does
 */
export async function reloadKeyPair(path: string): Promise<ClientKeyPair | undefined> {
  return readKeyPair((await readConfig(path)).keyPair, path);
}

/**
 * What a channel is opened with: TLS 1.3 and nothing else, or plain text where neither token nor key pair is configured (cloudevents-grpc 9.2).
 *
 * @throws ConfigError when certificate and key do not fit, without quoting them
 */
export function channelCredentials({ config, ca, keyPair }: LoadedClientConfig): ChannelCredentials {
  if (!usesTls(config)) return ChannelCredentials.createInsecure();
  return ChannelCredentials.createFromSecureContext(secureContextOf({ address: config.url, ca, keyPair }));
}

async function readConfig(path: string): Promise<GrpcClientConfig> {
  return parseGrpcClientConfig(await readSource({ kind: 'file', path }, 'configuration file'), path);
}

/** Editors end files with a newline; inside a header it would end the header. */
async function tokenOf({ token }: GrpcClientConfig, path: string): Promise<string | undefined> {
  if (token === undefined) return undefined;
  const text = (await readSource(token, `${path}: token`)).trim();
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new ConfigError([`${path}: the token is empty or has characters no header takes`]);
  return text;
}
