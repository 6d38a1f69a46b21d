/** Thrown through an evaluation that must end now. Nothing within an expression can catch it. */
export class EvaluationStopped extends Error {
  override readonly name = 'EvaluationStopped';
  readonly reason: 'budget' | 'interrupted';
  constructor(reason: 'budget' | 'interrupted') {
    super(reason);
    this.reason = reason;
  }
}

const STEPS_PER_INTERRUPT_CHECK = 100;

/** Counts the cost of one evaluation (placement 5.4.6). */
export class Meter {
  readonly #limit: number;
  readonly #isInterrupted: (() => boolean) | undefined;
  #spent = 0;
  #steps = 0;

  /** @param limit in cost units */
  constructor(limit: number, isInterrupted?: () => boolean) {
    this.#limit = limit;
    this.#isInterrupted = isInterrupted;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Called before the work is done. @throws EvaluationStopped when the limit is passed */
  charge(units: number): void {
    this.#spent += units;
    if (this.#spent > this.#limit) throw new EvaluationStopped('budget');
  }

  /**
   * For work whose size shows only while it is done: what it returns takes the characters or elements gone through, ten of which are a
   * unit, and charges for what is beyond the units paid before.
   */
  visitor(paidUnits: number): (work: number) => void {
    let open = -paidUnits * 10;
    return (work) => {
      open += work;
      if (open <= 0) return;
      const units = traversal(open);
      open -= units * 10;
      this.charge(units);
    };
  }

  /**
   * One iteration of a loop. Those that find nothing cost nothing by themselves, so that a constant condition makes them free: without a price,
   * there are at most as many as there are units.
   *
   * @throws EvaluationStopped when there are too many, or somebody wants the evaluation to end
   */
  step(): void {
    this.#steps += 1;
    if (this.#steps > this.#limit) this.charge(this.#steps - this.#spent);
    if (this.#steps % STEPS_PER_INTERRUPT_CHECK === 0 && this.#isInterrupted?.() === true)
      throw new EvaluationStopped('interrupted');
  }
}

/** What going through so many characters, bytes or elements costs. */
export function traversal(size: number): number {
  return Math.ceil(size / 10);
}
