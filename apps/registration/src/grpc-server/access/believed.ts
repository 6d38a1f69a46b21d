import type { Clock } from '@ocm/kube';

interface BelievedOptions<Answer> {
  readonly forMs: number;
  /** How many answers are kept; beyond, the oldest is dropped. */
  readonly most: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly isWorthKeeping: (answer: Answer) => boolean;
}

/**
 * Answers that are believed for a moment. Equal questions that are asked while the first is under way share its answer. Only answers that
 * `isWorthKeeping` says so of are kept; errors never.
 */
export class Believed<Answer> {
  readonly #options: BelievedOptions<Answer>;
  readonly #kept = new Map<string, { readonly answer: Answer; readonly untilMs: number }>();
  readonly #asked = new Map<string, Promise<Answer>>();

  constructor(options: BelievedOptions<Answer>) {
    this.#options = options;
  }

  async get(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const nowMs = this.#options.clock.now().getTime();
    const known = this.#kept.get(key);
    if (known !== undefined && nowMs < known.untilMs) return known.answer;
    return this.#asked.get(key) ?? this.#ask(key, ask);
  }

  #ask(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const asked = ask()
      .then((answer) => {
        this.#keep(key, answer);
        return answer;
      })
      .finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  #keep(key: string, answer: Answer): void {
    const { forMs, most, clock, isWorthKeeping } = this.#options;
    this.#kept.delete(key);
    if (!isWorthKeeping(answer)) return;
    this.#kept.set(key, { answer, untilMs: clock.now().getTime() + forMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > most && oldest !== undefined) this.#kept.delete(oldest);
  }
}
