import type { Clock } from '@ocm/kube';

/** Questions that are remembered: callers are few, and strangers must not cost memory. */
const MOST = 256;

/** Answers by question, each for its own time. What `ask` throws is not remembered. */
export class Remembered<Answer> {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #forMs: (answer: Answer) => number;
  readonly #answers = new Map<string, { readonly answer: Answer; readonly untilMs: number }>();

  constructor(clock: Pick<Clock, 'now'>, forMs: (answer: Answer) => number) {
    this.#clock = clock;
    this.#forMs = forMs;
  }

  async get(question: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(question);
    if (known !== undefined && this.#clock.now().getTime() < known.untilMs) return known.answer;
    const answer = await ask();
    this.#answers.delete(question);
    this.#answers.set(question, { answer, untilMs: this.#clock.now().getTime() + this.#forMs(answer) });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST && oldest !== undefined) this.#answers.delete(oldest);
    return answer;
  }
}
