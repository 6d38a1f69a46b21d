// Relative links in Markdown: each leads to a file that is there and, with an anchor, to a heading of it. Pure: files come as text.
import { posix } from 'node:path';

/** Lines outside of fenced code, with their numbers from 1. */
function* prose(markdown) {
  let fence;
  for (const [index, line] of markdown.split('\n').entries()) {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1];
    if (mark !== undefined && fence === undefined) fence = mark;
    else if (mark !== undefined && mark.startsWith(fence)) fence = undefined;
    else if (fence === undefined) yield [index + 1, line];
  }
}

/** Targets of the links and images of a page, as written. Code is not read. */
export function linksOf(markdown) {
  return [...prose(markdown)].flatMap(([line, text]) =>
    [...text.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, target]) => ({
      line,
      target,
    })),
  );
}

/** Anchors that GitHub gives to the headings of a page; the second of two equal ones ends in `-1`. */
export function anchorsOf(markdown) {
  const seen = new Map();
  return new Set(
    [...prose(markdown)].flatMap(([, text]) => {
      const heading = /^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(text)?.[1];
      if (heading === undefined) return [];
      const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
      const slug = plain.replaceAll(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-');
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return [times === 0 ? slug : `${slug}-${times}`];
    }),
  );
}

/**
 * One line for each link that leads nowhere.
 *
 * @param pages text of the Markdown files by path, relative to the root, with `/`
 * @param exists whether a path relative to the root is a file or folder
 */
export function brokenLinks(pages, exists) {
  return [...pages].flatMap(([page, markdown]) =>
    linksOf(markdown).flatMap(({ line, target }) => {
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return []; // another site
      const [path = '', anchor] = decodeURI(target).split('#');
      const file = path === '' ? page : posix.join(posix.dirname(page), path);
      const at = `${page}:${line}: ${target}`;
      if (file.startsWith('..') || !exists(file)) return [`${at}: there is no ${file}`];
      const text = pages.get(file);
      if (anchor === undefined || text === undefined || anchorsOf(text).has(anchor)) return [];
      return [`${at}: ${file} has no heading "${anchor}"`];
    }),
  );
}
