const NOTE_LENGTH = 1000;

/**
 * The note of a ScoreUpdate event (placement 12): `<name>:<total> ` for each feasible cluster, cut with `......` before the item that would
 * make it longer than 1000 characters. Empty when there are no scores.
 *
 * @param byName feasible clusters, by name ascending; no more of them are taken than fit
 */
export function scoreNote(byName: Iterable<{ readonly name: string; readonly total: number }>): string {
  let note = '';
  for (const { name, total } of byName) {
    const item = `${name}:${total} `;
    if (note.length + item.length > NOTE_LENGTH) return `${note}......`;
    note += item;
  }
  return note;
}
