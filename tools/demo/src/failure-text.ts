/** What failed, and below it what lies beneath; a cause that an earlier line has named already is left out. */
export function failureText(error: unknown): string {
  const lines: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { message } = at;
    if (!lines.some((line) => line.includes(message))) lines.push(message);
  }
  return lines.length === 0 ? String(error) : lines.join('\n');
}
