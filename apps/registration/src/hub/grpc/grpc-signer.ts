import { readFile } from 'node:fs/promises';
import { type CertificateSigningRequest, labels, signers, timestamp } from '@ocm/api';
import {
  type CertificateAuthority,
  certificateMatchesKey,
  type CertificateRequest,
  issueCertificate,
  parseCertificates,
} from '@ocm/pki';
import { ConfigError } from '@ocm/service';

/** What certificates for the gRPC server are signed with. */
export interface GrpcSigner {
  readonly authority: CertificateAuthority;
  /** End of the authority's certificate. */
  readonly authorityEnds: Date;
  /** Of the certificates, in milliseconds, as far as the authority lives that long. */
  readonly lifetimeMs: number;
}

/** The flags that say where the authority is. */
export interface GrpcSignerFlags {
  readonly grpcCaFile: string | undefined;
  readonly grpcKeyFile: string | undefined;
  readonly grpcSigningMs: number;
}

/**
 * Reads the authority. It is read once: a new one is taken into use by a restart.
 *
 * @throws ConfigError naming the flag whose file is missing or cannot be used
 */
export async function readGrpcSigner({ grpcCaFile, grpcKeyFile, grpcSigningMs }: GrpcSignerFlags): Promise<GrpcSigner> {
  const certificatePem = await readFlag('--grpc-ca-file', grpcCaFile);
  const privateKeyPem = await readFlag('--grpc-key-file', grpcKeyFile);
  const [authority] = naming('--grpc-ca-file', () => parseCertificates(certificatePem));
  const isPair = naming('--grpc-key-file', () => certificateMatchesKey(certificatePem, privateKeyPem));
  if (authority === undefined || !isPair) {
    throw new ConfigError([`--grpc-key-file "${grpcKeyFile}" does not hold the key of --grpc-ca-file "${grpcCaFile}"`]);
  }
  return {
    authority: { certificatePem, privateKeyPem },
    authorityEnds: authority.notAfter,
    lifetimeMs: grpcSigningMs,
  };
}

/** Whether a request waits for nothing but its certificate. */
export function isToBeSigned({ metadata, spec, status }: CertificateSigningRequest): boolean {
  const { conditions = [], certificate } = status ?? {};
  const has = (type: string): boolean => conditions.some((condition) => condition.type === type);
  return (
    spec.signerName === signers.grpc &&
    (metadata.labels?.[labels.clusterName] ?? '') !== '' &&
    has('Approved') &&
    !has('Denied') &&
    !has('Failed') &&
    !certificate
  );
}

/**
 * The certificate (PEM) that an approved request gets (cloudevents-grpc 16.4): what it asks for, for servers and clients.
 *
 * @throws Error when the authority has expired
 * @throws PkiError when the authority cannot sign
 */
export function signRequest(request: CertificateRequest, signer: GrpcSigner, now: Date): string {
  const { authority, authorityEnds, lifetimeMs } = signer;
  if (authorityEnds <= now) {
    throw new Error(
      `the certificate of --grpc-ca-file expired at ${timestamp(authorityEnds)}: replace it, and restart`,
    );
  }
  return issueCertificate(authority, {
    ...request,
    usages: ['server', 'client'],
    notBefore: now,
    notAfter: new Date(Math.min(now.getTime() + lifetimeMs, authorityEnds.getTime())),
  });
}

async function readFlag(flag: string, path: string | undefined): Promise<string> {
  if (path === undefined || path === '')
    throw new ConfigError([`${flag} is required with the registration driver grpc`]);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`${flag} "${path}" cannot be read: ${problem}`], { cause });
  }
}

function naming<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`${flag} cannot be used: ${problem}`], { cause });
  }
}
