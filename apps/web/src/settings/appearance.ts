import type { Currency } from '@cnop/common/entities/currency';
import { BASE_CURRENCY, currencySchema } from '@cnop/common/entities/currency';
import { useSyncExternalStore } from 'react';

/** `public/appearance.js` reads the same key before the first paint. */
const STORAGE_KEY = 'cnop.appearance';

type Theme = 'system' | 'light' | 'dark';
type Palette = 'green-red' | 'blue-orange';

interface Appearance {
  readonly theme: Theme;
  /** Colours of gains and losses; the second pair suits colour blindness. */
  readonly palette: Palette;
  /** Masks all amounts of the user. */
  readonly hideAmounts: boolean;
  /** The currency in which totals are shown as well; USD for no other. */
  readonly displayCurrency: Currency;
}

const DEFAULTS: Appearance = {
  theme: 'system',
  palette: 'green-red',
  hideAmounts: false,
  displayCurrency: BASE_CURRENCY,
};

let current: Appearance | undefined;
const listeners = new Set<() => void>();

/** Reads the stored settings, or the defaults if the browser stores nothing. */
function readStored(): Appearance {
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as Partial<Appearance>;
    return {
      theme: stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : DEFAULTS.theme,
      palette: stored.palette === 'blue-orange' ? stored.palette : DEFAULTS.palette,
      hideAmounts: stored.hideAmounts === true,
      displayCurrency: currencySchema.safeParse(stored.displayCurrency).data ?? DEFAULTS.displayCurrency,
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
  const next = { ...appearance(), ...change };
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(next));
  } catch {
    // Without storage the choice lasts until the page is reloaded.
  }
  show(next);
}

function show(next: Appearance): void {
  current = next;
  const root = document.documentElement;
  if (next.theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = next.theme;
  if (next.palette === 'green-red') delete root.dataset['palette'];
  else root.dataset['palette'] = next.palette;
  for (const listener of listeners) listener();
}

/** Shows what another tab has chosen. A browser tells it to all tabs but that one; a null key means that all is cleared. */
globalThis.addEventListener?.('storage', ({ key }: StorageEvent) => {
  if (key === STORAGE_KEY || key === null) show(readStored());
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // Charts follow the theme of the system too.
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
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export const PALETTES: readonly { readonly value: Palette; readonly label: string }[] = [
  { value: 'green-red', label: 'Green and red' },
  { value: 'blue-orange', label: 'Blue and orange' },
];
