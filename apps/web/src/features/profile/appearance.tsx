import type { Currency } from '@cnop/common/entities/currency';
import { BASE_CURRENCY, currencySchema } from '@cnop/common/entities/currency';
import type { ReactNode } from 'react';
import { changeAppearance, PALETTES, THEMES, useAppearance } from '../../settings/appearance.ts';
import { CURRENCY_NAMES } from '../../ui/currency-names.ts';
import { CheckboxField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { SectionCard } from './section-card.tsx';

/** Totals are in USD anyway. */
const CURRENCIES = currencySchema.options.map((value) => ({
  value,
  label: value === BASE_CURRENCY ? 'No other currency' : `${value} · ${CURRENCY_NAMES[value]}`,
}));

/** The appearance of the app in this browser. */
export function Appearance() {
  const { theme, palette, hideAmounts, displayCurrency } = useAppearance();
  return (
    <SectionCard id="appearance" title="Appearance in this browser">
      <div className="grid gap-4 p-4">
        <Setting label="Theme">
          <Segmented
            label="Theme"
            options={THEMES}
            value={theme}
            onChange={(next) => changeAppearance({ theme: next })}
          />
        </Setting>
        <Setting label="Gains and losses">
          <Segmented
            label="Gains and losses"
            options={PALETTES}
            value={palette}
            onChange={(next) => changeAppearance({ palette: next })}
          />
        </Setting>
        <Select<Currency>
          label="Show totals also in"
          options={CURRENCIES}
          value={displayCurrency}
          onChange={(next) => changeAppearance({ displayCurrency: next })}
        />
        <CheckboxField
          id="appearance-hide"
          label="Hide my amounts"
          isChecked={hideAmounts}
          onChange={(isChecked) => changeAppearance({ hideAmounts: isChecked })}
        />
      </div>
    </SectionCard>
  );
}

function Setting({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <span aria-hidden="true" className="text-sm font-medium text-muted">
        {label}
      </span>
      {children}
    </div>
  );
}
