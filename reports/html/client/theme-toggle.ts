export type ThemeName = 'light' | 'dark';

export interface ThemeSwitch {
  current(): ThemeName;
  onChange(listener: () => void): void;
}

/**
 * Follows the system until the reader says otherwise; what they said is remembered where the browser lets a file do so.
 */
export function toggleTheme(): ThemeSwitch {
  const root = document.documentElement;
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const printing = window.matchMedia('print');
  const listeners: (() => void)[] = [];
  let chosen = remembered();
  const current = (): ThemeName => (printing.matches ? 'light' : (chosen ?? (system.matches ? 'dark' : 'light')));
  const button = document.querySelector<HTMLButtonElement>('.theme-toggle');
  const apply = (): void => {
    if (chosen !== null) root.dataset['theme'] = chosen;
    const other: ThemeName = current() === 'dark' ? 'light' : 'dark';
    if (button !== null) {
      button.textContent = other === 'dark' ? 'Dark' : 'Light';
      button.setAttribute('aria-label', `Switch to the ${other} theme`);
    }
    for (const listener of listeners) listener();
  };
  if (button !== null) {
    button.hidden = false;
    button.addEventListener('click', () => {
      chosen = current() === 'dark' ? 'light' : 'dark';
      remember(chosen);
      apply();
    });
  }
  system.addEventListener('change', apply);
  printing.addEventListener('change', apply);
  apply();
  return { current, onChange: (listener) => void listeners.push(listener) };
}

const key = 'ipcbench-theme';

function remembered(): ThemeName | null {
  try {
    const stored = localStorage.getItem(key);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null;
  }
}

function remember(theme: ThemeName): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // A page opened from a file may have no storage: the choice then lasts as long as the page.
  }
}
