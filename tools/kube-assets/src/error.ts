/** Why binaries could not be provided; the message is for the person at the terminal and says what to do. */
export class KubeAssetsError extends Error {
  override readonly name = 'KubeAssetsError';
}
