/** The view is in the fragment: a copied address shows the same. Keys of others are kept. */
export function readAddress(): URLSearchParams {
  const fragment = location.hash.slice(1);
  return new URLSearchParams(fragment.includes('=') ? fragment : '');
}

/** `replace`: the view is narrowed; `push`: something was opened, and Back closes it. */
export function writeAddress(state: URLSearchParams, how: 'replace' | 'push'): void {
  const fragment = state.size === 0 ? '' : `#${state}`;
  const address = `${location.pathname}${location.search}${fragment}`;
  if (how === 'push') history.pushState({ opened: true }, '', address);
  else history.replaceState(history.state, '', address);
}

/** Links to a section would replace the view by a name: they scroll instead, and the view stays. */
export function keepViewOnJumps(): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
    if (link === null || link.hash.includes('=') || readAddress().size === 0) return;
    const target = document.getElementById(link.hash.slice(1));
    if (target === null) return;
    event.preventDefault();
    target.scrollIntoView();
  });
}
