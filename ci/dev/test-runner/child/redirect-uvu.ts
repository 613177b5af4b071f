import type { ResolveHook } from 'node:module';

const countedUvuUrl = new URL('./counted-uvu.js', import.meta.url).href;

/**
 * A module-resolution hook: whoever imports uvu gets counted-uvu, which alone gets uvu itself. uvu keeps what was
 * registered in closures and shows its queue only after `.run()`, so a forgotten `.run()` cannot be seen from its
 * globals; its exports are the one place to count.
 */
export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  if (specifier === 'uvu' && context.parentURL !== countedUvuUrl)
    return { url: countedUvuUrl, format: 'module', shortCircuit: true };
  return nextResolve(specifier, context);
};
