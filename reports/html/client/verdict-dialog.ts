/**
 * A cell of the matrix is a link to its verdict further down, and works as one without this script. With it, the
 * verdict opens where the reader is: Enter opens, Escape closes, and the focus returns to the cell.
 */
export function openVerdicts(): void {
  const dialog = document.querySelector<HTMLDialogElement>('dialog.verdict-dialog');
  if (dialog === null) return;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a.cell, a.cell-link')) {
    link.setAttribute('aria-haspopup', 'dialog');
    link.addEventListener('click', (event) => {
      const verdict = document.getElementById(link.hash.slice(1));
      // A new tab, when asked for, is the reader's business.
      if (verdict === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      fill(dialog, verdict);
      dialog.showModal();
    });
  }
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  openFromAddress();
  window.addEventListener('hashchange', openFromAddress);
}

function fill(dialog: HTMLDialogElement, verdict: HTMLElement): void {
  const title = document.createElement('h2');
  title.id = 'dialog-title';
  title.append(...cloneChildren(verdict.querySelector('summary')));
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'close';
  close.textContent = 'Close';
  close.addEventListener('click', () => dialog.close());
  const body = document.createElement('div');
  body.className = 'verdict';
  body.append(...cloneChildren(verdict).filter((node) => node.nodeName !== 'SUMMARY'));
  dialog.replaceChildren(title, body, close);
}

function cloneChildren(parent: Element | null): Node[] {
  return [...(parent?.childNodes ?? [])].map((node) => node.cloneNode(true));
}

// An address that names a verdict was copied to show it: it opens, with what it lies in.
function openFromAddress(): void {
  const target = document.getElementById(location.hash.slice(1));
  for (let element = target; element !== null; element = element.parentElement) {
    if (element instanceof HTMLDetailsElement) element.open = true;
  }
}
