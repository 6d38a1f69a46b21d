import { type CallStatus, codeName } from '../call-status.ts';
import { type CallLabels, type Method, UNKNOWN_CALL } from '../event-series.ts';
import type { CallContext } from './call-context.ts';

const MS_PER_SECOND = 1000;

/** Counts one call, from its start to its end. */
export class MeasuredCall {
  readonly #method: Method;
  readonly #context: Pick<CallContext, 'metrics' | 'clock'>;
  readonly #startedMs: number;
  #labels: CallLabels | undefined;

  constructor(method: Method, requestBytes: number, context: Pick<CallContext, 'metrics' | 'clock'>) {
    this.#method = method;
    this.#context = context;
    this.#startedMs = context.clock.now().getTime();
    context.metrics.started(method, requestBytes);
  }

  /** It is certain whose call this is. */
  belongsTo(labels: CallLabels): void {
    this.#labels = labels;
    this.#context.metrics.called(this.#method, labels);
  }

  end({ code }: Pick<CallStatus, 'code'>): void {
    const { metrics, clock } = this.#context;
    if (this.#labels === undefined) this.belongsTo(UNKNOWN_CALL);
    const seconds = (clock.now().getTime() - this.#startedMs) / MS_PER_SECOND;
    const outcome = { code: codeName(code), seconds };
    metrics.handled(this.#method, outcome.code, seconds);
    metrics.processed(this.#method, this.#labels ?? UNKNOWN_CALL, outcome);
  }
}
