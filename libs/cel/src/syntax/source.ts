/** What is wrong with an expression, and where. */
export interface Problem {
  /** Offset in the source. */
  readonly at: number;
  readonly message: string;
}

const MAX_REPORTED = 10;
/** Longer lines are not shown: a report ends up in a status. */
const MAX_SHOWN_LINE = 1024;

/** The report of a compiler: for each problem its place, what it is, and the line with a pointer below. */
export function reportProblems(source: string, problems: readonly Problem[]): string {
  const inOrder = problems.toSorted((one, other) => one.at - other.at);
  const reports = inOrder.slice(0, MAX_REPORTED).map((problem) => reportProblem(source, problem));
  const rest = problems.length - MAX_REPORTED;
  return [...reports, ...(rest > 0 ? [`${rest} more errors were truncated`] : [])].join('\n');
}

function reportProblem(source: string, { at, message }: Problem): string {
  const lineStart = source.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = source.indexOf('\n', lineStart);
  const line = source.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
  const lineNumber = source.slice(0, lineStart).split('\n').length;
  const column = Array.from(source.slice(lineStart, at)).length;
  const headline = `ERROR: <input>:${lineNumber}:${column + 1}: ${message}`;
  return line.length > MAX_SHOWN_LINE ? headline : `${headline}\n | ${line}\n | ${'.'.repeat(column)}^`;
}

const MAX_QUOTED = 100;

/** A piece of the source, short enough for a message. */
export const quoted = (text: string): string => (text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);

/** Ends parsing: what follows the first syntax error cannot be told. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}
