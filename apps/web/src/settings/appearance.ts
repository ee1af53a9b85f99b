import { useSyncExternalStore } from 'react';

/** `public/appearance.js` reads the same key before the first paint. */
const STORAGE_KEY = 'cnop.appearance';

type Theme = 'system' | 'light' | 'dark';
type Palette = 'green-red' | 'blue-orange';

interface Appearance {
  readonly theme: Theme;
  /** Colours of gains and losses; the second pair is told apart by colour-blind people as well. */
  readonly palette: Palette;
  /** Masks every amount, for when somebody looks over the shoulder. */
  readonly hideAmounts: boolean;
}

const DEFAULTS: Appearance = { theme: 'system', palette: 'green-red', hideAmounts: false };

let current: Appearance | undefined;
const listeners = new Set<() => void>();

/** Settings are a convenience: a browser that keeps nothing gets the defaults. */
function readStored(): Appearance {
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as Partial<Appearance>;
    return {
      theme: stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : DEFAULTS.theme,
      palette: stored.palette === 'blue-orange' ? stored.palette : DEFAULTS.palette,
      hideAmounts: stored.hideAmounts === true,
    };
  } catch {
    return DEFAULTS;
  }
}

export function appearance(): Appearance {
  current ??= readStored();
  return current;
}

export function changeAppearance(change: Partial<Appearance>): void {
  current = { ...appearance(), ...change };
  const root = document.documentElement;
  if (current.theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = current.theme;
  if (current.palette === 'green-red') delete root.dataset['palette'];
  else root.dataset['palette'] = current.palette;
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(current));
  } catch {
    // A full or forbidden storage costs only the memory of the choice.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // With the theme of the system, charts have to follow it as well.
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => {
    current = { ...appearance() };
    listener();
  };
  system.addEventListener('change', follow);
  return () => {
    listeners.delete(listener);
    system.removeEventListener('change', follow);
  };
}

export function useAppearance(): Appearance {
  return useSyncExternalStore(subscribe, appearance);
}

export const THEMES: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export const PALETTES: readonly { readonly value: Palette; readonly label: string }[] = [
  { value: 'green-red', label: 'Green and red' },
  { value: 'blue-orange', label: 'Blue and orange' },
];
