/** Configuration that cannot be used. Every problem names the flag or file, the value, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One sentence each, without a final full stop. Never empty. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options: { readonly cause?: unknown } = {}) {
    super(problems.join('; '), options);
    this.problems = problems;
  }
}
