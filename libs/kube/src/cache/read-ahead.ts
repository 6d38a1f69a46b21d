/** Asks for the next page before handing out the one at hand, so that the server works while we do. */
export async function* readAhead<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const source = pages[Symbol.asyncIterator]();
  let next = source.next();
  try {
    for (let page = await next; page.done !== true; page = await next) {
      next = source.next();
      next.catch(() => {}); // rejects again where it is awaited
      yield page.value;
    }
  } finally {
    await source.return?.();
  }
}
