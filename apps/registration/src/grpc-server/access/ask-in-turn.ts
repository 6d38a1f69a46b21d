import type { FairQueue } from './fair-queue.ts';

const ANSWER_MS = 10_000;

/** Through what the API server is asked, and until when. */
export interface QuestionOptions {
  readonly questions: FairQueue;
  readonly signal: AbortSignal;
}

/**
 * Puts a question to the API server when it is the asker's turn; its time counts from then.
 *
 * @param asker who has to wait for his own questions, and for nobody else's
 * @throws QueueFullError when the asker has too many questions open
 * @throws whatever the question throws, also for want of an answer
 */
export function askInTurn<T>(
  asker: string,
  ask: (signal: AbortSignal) => Promise<T>,
  { questions, signal }: QuestionOptions,
): Promise<T> {
  return questions.run(asker, () => ask(AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])), signal);
}
