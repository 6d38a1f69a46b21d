/**
 * What went wrong with a key, a request or a certificate:
 * - `wrong-pem-type`: there is no PEM block of the expected type
 * - `unparsable`: the PEM, the DER inside it, or a value in it (date, address, key) cannot be read
 * - `unsupported-key`: the key is readable, but of a kind that cannot sign here (only EC and RSA can)
 */
export type PkiErrorCode = 'wrong-pem-type' | 'unparsable' | 'unsupported-key';

/** The one error class of this package. The message never contains key material. */
export class PkiError extends Error {
  override readonly name = 'PkiError';
  readonly code: PkiErrorCode;

  constructor(message: string, details: { code: PkiErrorCode; cause?: unknown }) {
    super(message, { cause: details.cause });
    this.code = details.code;
  }
}

/** Whether `error` is a {@link PkiError}, and of that code when one is given. */
export function isPkiError(error: unknown, code?: PkiErrorCode): error is PkiError {
  return error instanceof PkiError && (code === undefined || error.code === code);
}

/** Runs `read` and turns whatever a parser throws into one `unparsable` error about `what`. */
export function readOrFail<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof PkiError) throw cause;
    throw new PkiError(`cannot read ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'unparsable',
      cause,
    });
  }
}
