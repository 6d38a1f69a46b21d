/** Sources of values for imported clusters, by the words of `--import-renderers` (registration 21). */
export const rendererNames = ['render-from-config-secret', 'render-auto'] as const;

export type RendererName = (typeof rendererNames)[number];

export function isRendererName(word: string): word is RendererName {
  return rendererNames.some((name) => name === word);
}
